/** One acceptance check: it measures the running system and compares with a limit. */
export interface AcceptancePoint {
  /** `main-job.4` */
  readonly id: string;
  readonly title: string;
  readonly run: (seed: number) => Promise<Measurement>;
}

export interface Measurement {
  /** What was measured: a number, or several by name. */
  readonly value: unknown;
  /** What it had to hold. */
  readonly limit: unknown;
  readonly pass: boolean;
}
