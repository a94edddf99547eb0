import { setImmediate as turn } from 'node:timers/promises';
import { Bell } from './bell.js';
import { type LogNotice, type LogStore, logConflict, MAX_ENTRY_BYTES, type StoredEntry } from './log-store.js';
import { assertGenerationId, assertSize } from './names.js';

type JournalRecord =
  | ({ readonly type: 'entry'; readonly generationId: string } & StoredEntry)
  | { readonly type: 'deleted'; readonly generationId: string; readonly sequence: number };

interface Follower {
  sequence: number;
}

/**
 * Logs in memory. One journal holds the entries of all logs in order of
 * sequence, with a mark where a log was deleted; a follower is a position in
 * it, so a slow one holds nothing back and costs nothing.
 */
export function createMemoryLogStore(closed: AbortSignal): LogStore {
  const journal = new Map<number, JournalRecord>();
  const logs = new Map<string, StoredEntry[]>();
  const followers = new Set<Follower>();
  const marks: number[] = [];
  const bell = new Bell();
  let lastSequence = 0;

  const write = (record: JournalRecord) => {
    journal.set(record.sequence, record);
    bell.ring();
  };

  /** A mark has served once no follower is behind it. */
  const dropMarks = () => {
    const slowest = Math.min(...[...followers].map((follower) => follower.sequence), lastSequence);
    while (marks[0] !== undefined && marks[0] <= slowest) journal.delete(marks.shift() as number);
  };

  return {
    async append(generationId, expectedSequence, entry) {
      closed.throwIfAborted();
      assertGenerationId(generationId);
      assertSize('entry', entry, MAX_ENTRY_BYTES);
      const log = logs.get(generationId) ?? [];
      if ((log.at(-1)?.sequence ?? 0) !== expectedSequence) throw logConflict(generationId, expectedSequence);
      lastSequence += 1;
      const stored: StoredEntry = { sequence: lastSequence, entry: entry.slice() };
      logs.set(generationId, log);
      log.push(stored);
      write({ type: 'entry', generationId, ...stored });
      await turn();
      return stored.sequence;
    },

    async read(generationId, afterSequence = 0) {
      closed.throwIfAborted();
      assertGenerationId(generationId);
      return (logs.get(generationId) ?? []).filter(({ sequence }) => sequence > afterSequence).map(copyOf);
    },

    async *follow(generationId, afterSequence, signal) {
      closed.throwIfAborted();
      assertGenerationId(generationId);
      const ended = AbortSignal.any([signal, closed]);
      let sequence = afterSequence;
      let log = logs.get(generationId);
      while (!ended.aborted) {
        const current = logs.get(generationId);
        if (current === undefined ? sequence > 0 : log !== undefined && current !== log) return;
        log = current;
        const next = log && entryAfter(log, sequence);
        if (next === undefined) {
          await bell.next(ended);
          continue;
        }
        sequence = next.sequence;
        yield copyOf(next);
      }
    },

    async *followAll(signal) {
      closed.throwIfAborted();
      const ended = AbortSignal.any([signal, closed]);
      const follower: Follower = { sequence: 0 };
      followers.add(follower);
      try {
        const caughtUpAt = lastSequence;
        for (const record of journal.values()) {
          if (record.sequence > caughtUpAt) break;
          follower.sequence = record.sequence;
          if (ended.aborted) return;
          if (record.type === 'entry') yield noticeOf(record);
        }
        follower.sequence = caughtUpAt;
        yield { type: 'caught-up' };
        while (!ended.aborted) {
          if (follower.sequence === lastSequence) {
            dropMarks();
            await bell.next(ended);
            continue;
          }
          follower.sequence += 1;
          const record = journal.get(follower.sequence);
          if (record !== undefined) yield noticeOf(record);
        }
      } finally {
        followers.delete(follower);
        dropMarks();
      }
    },

    async delete(generationId) {
      closed.throwIfAborted();
      assertGenerationId(generationId);
      const log = logs.get(generationId);
      if (log === undefined) return;
      logs.delete(generationId);
      for (const { sequence } of log) journal.delete(sequence);
      lastSequence += 1;
      marks.push(lastSequence);
      write({ type: 'deleted', generationId, sequence: lastSequence });
      if (followers.size === 0) dropMarks();
      await turn();
    },
  };
}

/** Entries are in order of sequence; a follower is mostly near the end. */
function entryAfter(log: readonly StoredEntry[], sequence: number): StoredEntry | undefined {
  let index = log.length;
  while (index > 0 && (log[index - 1] as StoredEntry).sequence > sequence) index -= 1;
  return log[index];
}

function copyOf({ sequence, entry }: StoredEntry): StoredEntry {
  return { sequence, entry: entry.slice() };
}

function noticeOf(record: JournalRecord): LogNotice {
  return record.type === 'entry'
    ? { ...record, entry: record.entry.slice() }
    : { type: 'deleted', generationId: record.generationId };
}
