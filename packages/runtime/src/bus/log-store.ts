import { TesseraError } from '@tessera/core';
import type { BusPatience } from './bus.js';

/** An entry of a log as it is stored. */
export interface StoredEntry {
  /** Grows from entry to entry, with gaps: one numbering serves all logs. */
  readonly sequence: number;
  readonly entry: Uint8Array;
}

/** What happens in all logs together. */
export type LogNotice =
  | ({ readonly type: 'entry'; readonly generationId: string } & StoredEntry)
  /** Every entry that was stored when the iteration began has been seen. Comes once. */
  | { readonly type: 'caught-up' }
  | { readonly type: 'deleted'; readonly generationId: string };

export interface AppendOptions extends BusPatience {
  /** W3C Trace Context of what the entry belongs to. */
  readonly traceparent?: string | undefined;
}

/** One append-only log for each generation. */
export interface LogStore {
  /**
   * Resolves once the entry is stored. Of several writers that expect the same
   * sequence exactly one succeeds.
   *
   * @param expectedSequence of the log's last entry as the writer knows it; 0: the log must be empty.
   * @param entry at most {@link MAX_ENTRY_BYTES}.
   * @returns the entry's sequence.
   * @throws TesseraError for which {@link isLogConflict} holds, when the log's last entry is another one;
   *   `unavailable` when the Bus is away: the entry is stored, or will never be, or (when the Bus was lost
   *   while it was on its way) one or the other.
   */
  append(generationId: string, expectedSequence: number, entry: Uint8Array, options?: AppendOptions): Promise<number>;

  /** The entries after a sequence, in order; none for an unknown or deleted log. */
  read(generationId: string, afterSequence?: number): Promise<readonly StoredEntry[]>;

  /**
   * The entries after a sequence, those stored and then those to come, each
   * once and in order. An empty log is waited for. Ends when the signal is
   * aborted or the log is deleted; with an `afterSequence` of a log that has
   * been deleted it ends at once.
   */
  follow(generationId: string, afterSequence: number, signal: AbortSignal): AsyncIterable<StoredEntry>;

  /** All logs from the beginning and then live, in order of sequence. Ends when the signal is aborted. */
  followAll(signal: AbortSignal): AsyncIterable<LogNotice>;

  /** Deletes a log; nothing happens for an unknown one. Its id is never used again. */
  delete(generationId: string): Promise<void>;
}

/** NATS refuses larger messages unless it is told otherwise. */
export const MAX_ENTRY_BYTES = 1024 * 1024;

const LOG_CONFLICT = 'LOG_CONFLICT';

/** Another writer was first. */
export function logConflict(generationId: string, expectedSequence: number): TesseraError {
  const message = `the log of ${generationId} does not end at ${expectedSequence}`;
  return new TesseraError('failed_precondition', message, { reason: LOG_CONFLICT });
}

/** Whether an append failed because another writer was first: read again, then decide. */
export function isLogConflict(thrown: unknown): boolean {
  return thrown instanceof TesseraError && thrown.reason === LOG_CONFLICT;
}
