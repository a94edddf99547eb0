/** What keeps generations from harming each other here. All are on; tests turn one off to show what it holds. */
export interface Protections {
  /** Rows whose bits depend on their company run alone. */
  readonly dependentRowsRunAlone: boolean;
  /** What waits of a call leaves the queue, and the run that is handed over, when the call is cancelled. */
  readonly withdrawal: boolean;
  /** Calls run in the order of the core's policy, not in that of their arrival. */
  readonly fairOrder: boolean;
}

export const PROTECTIONS: Protections = { dependentRowsRunAlone: true, withdrawal: true, fairOrder: true };
