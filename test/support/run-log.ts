/** Lines of JSON that a process logged; others are passed over. */
export function logLines(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** When a gateway knew that a generation was to stop, by generation: `process.hrtime`. */
export function stopsKnown(gatewaySaid: string): ReadonlyMap<string, bigint> {
  return new Map(
    logLines(gatewaySaid)
      .filter(({ known_at_ns }) => typeof known_at_ns === 'string')
      .map(({ generation_id, known_at_ns }) => [String(generation_id), BigInt(String(known_at_ns))]),
  );
}

/** One run of a denoiser's network. */
export interface LoggedRun {
  readonly startedAtNs: bigint;
  readonly runMs: number;
  /** Evaluations of each generation in it. */
  readonly evaluations: ReadonlyMap<string, number>;
}

/** The runs of a denoiser that logs at level debug. */
export function runsOf(denoiserSaid: string): readonly LoggedRun[] {
  return logLines(denoiserSaid)
    .filter(({ started_at_ns }) => typeof started_at_ns === 'string')
    .map(({ started_at_ns, run_ms, generations }) => ({
      startedAtNs: BigInt(String(started_at_ns)),
      runMs: Number(run_ms),
      evaluations: new Map(
        String(generations)
          .split(' ')
          .map((part) => part.split(':'))
          .map(([generationId = '', evaluations]) => [generationId, Number(evaluations)]),
      ),
    }));
}
