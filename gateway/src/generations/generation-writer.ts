import type { GenerationRecord, LogEntry } from '@tessera/core';
import type { GenerationLog } from '@tessera/runtime';

type LaterEntry = Exclude<LogEntry, { type: 'accepted' }>;
type LaterEvent = Extract<LogEntry, { type: 'event' }>['event'];

/** The one writer of a generation's log here: entries are appended in the order in which they are given. */
export class GenerationWriter {
  readonly #log: GenerationLog;
  #record: GenerationRecord;
  #last: Promise<unknown> = Promise.resolve();

  constructor(log: GenerationLog, record: GenerationRecord) {
    this.#log = log;
    this.#record = record;
  }

  /** As of the last entry that is stored. */
  get record(): GenerationRecord {
    return this.#record;
  }

  /**
   * Resolves once the entry is stored.
   *
   * @throws TesseraError when another writer was first or the Bus is away; every later append then fails too.
   */
  append(entry: LaterEntry): Promise<GenerationRecord> {
    const appended = this.#last.then(async () => {
      this.#record = await this.#log.append(this.#record, entry);
      return this.#record;
    });
    this.#last = appended;
    // Each caller hears of the failure by its own promise.
    appended.catch(() => {});
    return appended;
  }

  event(event: LaterEvent): Promise<GenerationRecord> {
    return this.append({ type: 'event', event });
  }
}
