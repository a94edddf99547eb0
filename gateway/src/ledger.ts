/** What a gateway takes and must give back. */
export const LEDGER_KINDS = [
  /** Calls of Generate, Watch and DownloadImage, until the transport has ended them. */
  'streams',
  /** Streams that count as watchers of a generation. */
  'watchers',
  /** Subscriptions to the live events of a generation. */
  'live_subscriptions',
  /** Generations that wait or run here. */
  'generations',
  /** Places among the waiting. */
  'queue_entries',
  /** Places among the running. */
  'running_places',
  /** Evaluations in flight at workers. */
  'worker_permits',
  /** Conditionings that a generation holds on to. */
  'conditionings',
  /** Latents of images in the making. */
  'latents',
  /** Estimates that wait to become a preview, or are becoming one. */
  'preview_slots',
] as const;

export type LedgerKind = (typeof LEDGER_KINDS)[number];

export interface LedgerCount {
  readonly kind: LedgerKind;
  readonly taken: number;
  readonly released: number;
}

/** Counts what was taken and what was given back, since the gateway began. Both are equal when nothing goes on. */
export class Ledger {
  readonly #counts = new Map(LEDGER_KINDS.map((kind) => [kind, { taken: 0, released: 0 }]));

  /** @returns what gives it back; once is enough, and more does not count. */
  take(kind: LedgerKind, amount = 1): () => void {
    const count = this.#counts.get(kind);
    if (count === undefined) throw new RangeError(`the ledger has no ${kind}`);
    count.taken += amount;
    let held = true;
    return () => {
      if (held) count.released += amount;
      held = false;
    };
  }

  counts(): readonly LedgerCount[] {
    return [...this.#counts].map(([kind, count]) => ({ kind, ...count }));
  }
}
