import { setTimeout as delay } from 'node:timers/promises';
import { type GenerationRecord, type LogEntry, TesseraError } from '@tessera/core';
import { encodeLogEntry, type GenerationLog, isLogConflict } from '@tessera/runtime';
import type { Protections } from '../protections.js';

type LaterEntry = Exclude<LogEntry, { type: 'accepted' }>;
type EventEntry = Extract<LogEntry, { type: 'event' }>;

export interface GenerationWriterSetup {
  readonly log: GenerationLog;
  readonly record: GenerationRecord;
  readonly protections: Pick<Protections, 'expectsSequence'>;
  /** The Bus is waited for until this is aborted. */
  readonly patience: AbortSignal;
  /** The generation is not this gateway's any more. */
  readonly onFenced: (reason: TesseraError) => void;
}

export const FENCED = 'FENCED';
const READ_AGAIN_MS = 200;

/** The one writer of a generation's log here: entries are appended in the order in which they are given. */
export class GenerationWriter {
  readonly #setup: GenerationWriterSetup;
  #record: GenerationRecord;
  #last: Promise<unknown> = Promise.resolve();

  constructor(setup: GenerationWriterSetup) {
    this.#setup = setup;
    this.#record = setup.record;
  }

  /** As of the last entry that is stored. */
  get record(): GenerationRecord {
    return this.#record;
  }

  /**
   * Resolves once the entry is stored, however long the Bus is away meanwhile.
   *
   * @throws TesseraError with reason {@link FENCED} when the log has another holder, or an ending;
   *   `unavailable` when the Bus did not come back. Every later append then fails too.
   */
  append(entry: LaterEntry): Promise<GenerationRecord> {
    const appended = this.#last.then(() => this.#store(entry));
    this.#last = appended;
    // Each caller hears of the failure by its own promise.
    appended.catch(() => {});
    return appended;
  }

  /** A part of the result that was told before, by whoever had the lease then, is not told again. */
  event(event: EventEntry['event'], more: Omit<EventEntry, 'type' | 'event'> = {}): Promise<GenerationRecord> {
    return this.append({ type: 'event', event, ...more });
  }

  async #store(entry: LaterEntry): Promise<GenerationRecord> {
    const { log, patience, protections, onFenced } = this.#setup;
    if (entry.type === 'event' && isTold(this.#record, entry.event)) return this.#record;
    for (;;) {
      try {
        this.#record = await log.append(this.#record, entry, { until: patience });
        return this.#record;
      } catch (thrown) {
        if (!isLogConflict(thrown)) throw thrown;
      }
      const { first, record } = await this.#foundInLog();
      // Stored, and only the answer was lost.
      if (first !== undefined && sameEntry(first.entry, entry)) {
        this.#record = first.record;
        return this.#record;
      }
      if (protections.expectsSequence && !this.#isStillOurs(record)) {
        const reason = fenced();
        onFenced(reason);
        throw reason;
      }
      if (record === undefined) throw new TesseraError('not_found', 'the generation was deleted');
      this.#record = record;
    }
  }

  #isStillOurs(record: GenerationRecord | undefined): record is GenerationRecord {
    const { holder, fence } = this.#record.lease ?? {};
    return record?.terminal === undefined && record?.lease?.holder === holder && record?.lease?.fence === fence;
  }

  /** What was appended after the last entry known here, and what all of it comes to. */
  async #foundInLog() {
    const { log, patience } = this.#setup;
    for (;;) {
      try {
        const stored = log.follow(this.#record, patience)[Symbol.asyncIterator]();
        const { value } = await stored.next();
        await stored.return?.();
        return { first: value || undefined, record: await log.read(this.#record.generationId) };
      } catch (thrown) {
        if (patience.aborted || TesseraError.from(thrown).code !== 'unavailable') throw thrown;
        await delay(READ_AGAIN_MS);
      }
    }
  }
}

/** Who hears this has no say in the generation any more. */
export function fenced(): TesseraError {
  const text = 'the generation has another holder, or an ending';
  return new TesseraError('failed_precondition', text, { reason: FENCED });
}

/** Entries as they are stored: bytes are left out of them. */
function sameEntry(left: LogEntry, right: LogEntry): boolean {
  return Buffer.compare(encodeLogEntry(left), encodeLogEntry(right)) === 0;
}

function isTold({ events }: GenerationRecord, event: EventEntry['event']): boolean {
  if (event.type !== 'region') return false;
  const { imageIndex, x, y } = event;
  const restart = events.findLastIndex((told) => told.type === 'restarted' && told.imageIndex === imageIndex);
  return events
    .slice(restart + 1)
    .some((told) => told.type === 'region' && told.imageIndex === imageIndex && told.x === x && told.y === y);
}
