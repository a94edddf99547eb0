import { once } from 'node:events';
import type { GenerationRecord, GenerationState } from '@tessera/core';
import type { GenerationLog, Logger } from '@tessera/runtime';

export interface Page {
  readonly records: readonly GenerationRecord[];
  /** Where the next page begins, when there is one. */
  readonly next?: PageStart;
}

/** The generation after which a page begins. */
export interface PageStart {
  readonly createdAtMs: number;
  readonly generationId: string;
}

/** When entries of a generation that has not ended were read here, on the monotonic clock. */
interface Seen {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Every generation, by following all logs: what can be listed. Nothing is kept here that is not in a log. */
export class GenerationIndex {
  readonly #records = new Map<string, GenerationRecord>();
  /** Of those that have not ended. */
  readonly #seen = new Map<string, Seen>();
  readonly #caughtUp = new AbortController();

  /** Resolves once everything that was stored before has been read; rejects when the signal is aborted. */
  async caughtUp(signal: AbortSignal): Promise<void> {
    if (!this.#caughtUp.signal.aborted) await once(this.#caughtUp.signal, 'abort', { signal });
  }

  get records(): Iterable<GenerationRecord> {
    return this.#records.values();
  }

  /** Those that have not ended. */
  get open(): readonly GenerationRecord[] {
    return [...this.#seen.keys()].flatMap((generationId) => this.#records.get(generationId) ?? []);
  }

  isOpen(generationId: string): boolean {
    return this.#seen.has(generationId);
  }

  /**
   * Milliseconds since a generation that has not ended was accepted: as this
   * gateway saw it, or as its holders said and what passed here since, whichever is more.
   */
  ageMs(generationId: string): number {
    const record = this.#records.get(generationId);
    const seen = this.#seen.get(generationId);
    if (record === undefined || seen === undefined) return 0;
    const nowMs = performance.now();
    return Math.max(nowMs - seen.firstMs, record.ageMs + nowMs - seen.lastMs);
  }

  /** Follows the logs until the signal is aborted. */
  async run(log: GenerationLog, logger: Logger, signal: AbortSignal): Promise<void> {
    for await (const notice of log.followAll(signal)) {
      switch (notice.type) {
        case 'entry':
          this.#put(notice.record);
          break;
        case 'deleted':
          this.#drop(notice.generationId);
          break;
        case 'caught-up':
          this.#caughtUp.abort();
          break;
        case 'unreadable':
          this.#drop(notice.generationId);
          logger.error('cannot read the log of a generation', notice.error, { generation_id: notice.generationId });
          break;
      }
    }
  }

  #put(record: GenerationRecord): void {
    const { generationId, terminal } = record;
    this.#records.set(generationId, record);
    if (terminal !== undefined) {
      this.#seen.delete(generationId);
      return;
    }
    const lastMs = performance.now();
    this.#seen.set(generationId, { firstMs: this.#seen.get(generationId)?.firstMs ?? lastMs, lastMs });
  }

  #drop(generationId: string): void {
    this.#records.delete(generationId);
    this.#seen.delete(generationId);
  }

  /** A tenant's generations, newest first. */
  page(tenant: string, state: GenerationState | undefined, after: PageStart | undefined, size: number): Page {
    const found = [...this.#records.values()]
      .filter(({ request }) => request.tenant === tenant)
      .filter((record) => state === undefined || record.state === state)
      .sort(newestFirst)
      .filter((record) => after === undefined || newestFirst(after, record) < 0);
    const records = found.slice(0, size);
    const last = records.at(-1);
    if (last === undefined || found.length <= size) return { records };
    return { records, next: { createdAtMs: last.createdAtMs, generationId: last.generationId } };
  }
}

function newestFirst(left: PageStart, right: PageStart): number {
  const byTime = right.createdAtMs - left.createdAtMs;
  if (byTime !== 0) return byTime;
  return left.generationId < right.generationId ? 1 : left.generationId > right.generationId ? -1 : 0;
}
