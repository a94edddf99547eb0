import { foldLogEntry, type GenerationRecord, type LogEntry, TesseraError } from '@tessera/core';
import type { Bus, BusPatience } from './bus.js';
import { decodeLogEntry, encodeLogEntry } from './log-entry-codec.js';
import type { StoredEntry } from './log-store.js';

/** An entry together with the record that it leads to. */
export interface RecordedEntry {
  readonly entry: LogEntry;
  readonly record: GenerationRecord;
}

export type GenerationNotice =
  | ({ readonly type: 'entry' } & RecordedEntry)
  | { readonly type: 'caught-up' }
  | { readonly type: 'deleted'; readonly generationId: string }
  /** A log that this version cannot read. It is told once and its further entries are passed over. */
  | { readonly type: 'unreadable'; readonly generationId: string; readonly error: TesseraError };

/** The logs of a Bus as generations: a record is the fold of its log. */
export interface GenerationLog {
  /** Begins a generation's log. @throws TesseraError {@link isLogConflict} when there is one. */
  begin(generationId: string, accepted: Extract<LogEntry, { type: 'accepted' }>): Promise<GenerationRecord>;
  /** Appends to the log as this record knows it. @throws TesseraError {@link isLogConflict} when it has moved on. */
  append(
    record: GenerationRecord,
    entry: Exclude<LogEntry, { type: 'accepted' }>,
    patience?: BusPatience,
  ): Promise<GenerationRecord>;
  /** `undefined` when the id is unknown or deleted. */
  read(generationId: string): Promise<GenerationRecord | undefined>;
  /** Every entry after those in the record, stored and to come. Ends with the signal or when the log is deleted. */
  follow(record: GenerationRecord, signal: AbortSignal): AsyncIterable<RecordedEntry>;
  /** Every generation from the beginning and then live. Ends with the signal. */
  followAll(signal: AbortSignal): AsyncIterable<GenerationNotice>;
  delete(generationId: string): Promise<void>;
}

export function createGenerationLog(bus: Bus): GenerationLog {
  const { logs } = bus;
  return {
    async begin(generationId, accepted) {
      const { traceparent } = accepted;
      const sequence = await logs.append(generationId, 0, encodeLogEntry(accepted), { traceparent });
      return foldLogEntry(undefined, generationId, sequence, accepted);
    },
    async append(record, entry, patience) {
      const { generationId, logSequence, traceparent } = record;
      const options = { ...patience, traceparent };
      const sequence = await logs.append(generationId, logSequence, encodeLogEntry(entry), options);
      return foldLogEntry(record, generationId, sequence, entry);
    },
    async read(generationId) {
      let record: GenerationRecord | undefined;
      for (const stored of await logs.read(generationId)) record = folded(record, generationId, stored).record;
      return record;
    },
    async *follow(record, signal) {
      let current = record;
      for await (const stored of logs.follow(record.generationId, record.logSequence, signal)) {
        const recorded = folded(current, record.generationId, stored);
        current = recorded.record;
        yield recorded;
      }
    },
    followAll: (signal) => foldedNotices(bus, signal),
    delete: (generationId) => logs.delete(generationId),
  };
}

async function* foldedNotices(bus: Bus, signal: AbortSignal): AsyncGenerator<GenerationNotice, void, undefined> {
  const records = new Map<string, GenerationRecord | 'unreadable'>();
  for await (const notice of bus.logs.followAll(signal)) {
    if (notice.type !== 'entry') {
      if (notice.type === 'deleted') records.delete(notice.generationId);
      yield notice;
      continue;
    }
    const { generationId } = notice;
    const record = records.get(generationId);
    if (record === 'unreadable') continue;
    const outcome = tryFold(record, generationId, notice);
    records.set(generationId, outcome instanceof TesseraError ? 'unreadable' : outcome.record);
    yield outcome instanceof TesseraError
      ? { type: 'unreadable', generationId, error: outcome }
      : { type: 'entry', ...outcome };
  }
}

function tryFold(
  record: GenerationRecord | undefined,
  generationId: string,
  stored: StoredEntry,
): RecordedEntry | TesseraError {
  try {
    return folded(record, generationId, stored);
  } catch (thrown) {
    return TesseraError.from(thrown);
  }
}

/** @throws TesseraError `internal` when the entry cannot be read or has no place in its log. */
function folded(record: GenerationRecord | undefined, generationId: string, stored: StoredEntry): RecordedEntry {
  try {
    const entry = decodeLogEntry(stored.entry);
    return { entry, record: foldLogEntry(record, generationId, stored.sequence, entry) };
  } catch (thrown) {
    const message = `entry ${stored.sequence} of the log of ${generationId}: ${(thrown as Error).message}`;
    throw new TesseraError('internal', message, { cause: thrown });
  }
}
