import { setImmediate as turn } from 'node:timers/promises';
import { linkSignals } from '../link-signals.js';
import { Bell } from './bell.js';
import { type LogNotice, type LogStore, logConflict, MAX_ENTRY_BYTES, type StoredEntry } from './log-store.js';
import { assertGenerationId, assertSize } from './names.js';

type JournalRecord =
  | ({ readonly type: 'entry'; readonly generationId: string } & StoredEntry)
  | { readonly type: 'deleted'; readonly generationId: string; readonly sequence: number };

/** Long enough for every late writer and follower of a deleted log to find out. */
const REMEMBERED_DELETIONS = 10_000;

/** Where a follower of all logs is. */
interface Position {
  sequence: number;
}

/**
 * Logs in memory. One journal holds the entries of all logs in order of
 * sequence, with a mark where a log was deleted. A follower is a position in
 * it: a slow one holds nothing back and costs nothing.
 */
export class MemoryLogStore implements LogStore {
  readonly #journal = new Map<number, JournalRecord>();
  readonly #logs = new Map<string, StoredEntry[]>();
  readonly #deleted = new Set<string>();
  readonly #positions = new Set<Position>();
  readonly #marks: number[] = [];
  readonly #journalBell = new Bell();
  readonly #logBells = new Map<string, Bell>();
  readonly #closed: AbortSignal;
  #lastSequence = 0;

  constructor(closed: AbortSignal) {
    this.#closed = closed;
  }

  async append(generationId: string, expectedSequence: number, entry: Uint8Array): Promise<number> {
    this.#closed.throwIfAborted();
    assertGenerationId(generationId);
    assertSize('entry', entry, MAX_ENTRY_BYTES);
    const log = this.#logs.get(generationId) ?? [];
    if (this.#deleted.has(generationId) || (log.at(-1)?.sequence ?? 0) !== expectedSequence) {
      throw logConflict(generationId, expectedSequence);
    }
    const sequence = this.#lastSequence + 1;
    const stored: StoredEntry = { sequence, entry: entry.slice() };
    log.push(stored);
    this.#logs.set(generationId, log);
    this.#write({ type: 'entry', generationId, ...stored });
    await turn();
    return sequence;
  }

  async read(generationId: string, afterSequence = 0): Promise<readonly StoredEntry[]> {
    this.#closed.throwIfAborted();
    assertGenerationId(generationId);
    const log = this.#logs.get(generationId) ?? [];
    return log.slice(indexAfter(log, afterSequence)).map(copyOf);
  }

  async *follow(
    generationId: string,
    afterSequence: number,
    signal: AbortSignal,
  ): AsyncGenerator<StoredEntry, void, undefined> {
    this.#closed.throwIfAborted();
    assertGenerationId(generationId);
    const { signal: ended, unlink } = linkSignals(signal, this.#closed);
    let sequence = afterSequence;
    try {
      while (!ended.aborted && !this.#deleted.has(generationId)) {
        const log = this.#logs.get(generationId) ?? [];
        const next = log[indexAfter(log, sequence)];
        if (next === undefined) {
          await this.#changeOf(generationId, ended);
        } else {
          sequence = next.sequence;
          yield copyOf(next);
        }
      }
    } finally {
      unlink();
    }
  }

  async *followAll(signal: AbortSignal): AsyncGenerator<LogNotice, void, undefined> {
    this.#closed.throwIfAborted();
    const { signal: ended, unlink } = linkSignals(signal, this.#closed);
    const position: Position = { sequence: 0 };
    this.#positions.add(position);
    try {
      const caughtUpAt = this.#lastSequence;
      for (const record of this.#journal.values()) {
        if (record.sequence > caughtUpAt || ended.aborted) break;
        position.sequence = record.sequence;
        if (record.type === 'entry') yield noticeOf(record);
      }
      position.sequence = caughtUpAt;
      if (!ended.aborted) yield { type: 'caught-up' };
      while (!ended.aborted) {
        if (position.sequence === this.#lastSequence) {
          this.#dropMarks();
          await this.#journalBell.next(ended);
          continue;
        }
        position.sequence += 1;
        const record = this.#journal.get(position.sequence);
        if (record !== undefined) yield noticeOf(record);
      }
    } finally {
      unlink();
      this.#positions.delete(position);
      this.#dropMarks();
    }
  }

  async delete(generationId: string): Promise<void> {
    this.#closed.throwIfAborted();
    assertGenerationId(generationId);
    const log = this.#logs.get(generationId);
    if (log === undefined) return;
    this.#logs.delete(generationId);
    this.#rememberDeletion(generationId);
    for (const { sequence } of log) this.#journal.delete(sequence);
    const sequence = this.#lastSequence + 1;
    this.#marks.push(sequence);
    this.#write({ type: 'deleted', generationId, sequence });
    this.#dropMarks();
    await turn();
  }

  #write(record: JournalRecord): void {
    this.#lastSequence = record.sequence;
    this.#journal.set(record.sequence, record);
    this.#journalBell.ring();
    this.#logBells.get(record.generationId)?.ring();
  }

  async #changeOf(generationId: string, ended: AbortSignal): Promise<void> {
    const bell = this.#logBells.get(generationId) ?? new Bell();
    this.#logBells.set(generationId, bell);
    await bell.next(ended);
    if (!bell.awaited && this.#logBells.get(generationId) === bell) this.#logBells.delete(generationId);
  }

  #rememberDeletion(generationId: string): void {
    this.#deleted.add(generationId);
    const [oldest] = this.#deleted;
    if (this.#deleted.size > REMEMBERED_DELETIONS && oldest !== undefined) this.#deleted.delete(oldest);
  }

  /** A mark has served once no follower is behind it. */
  #dropMarks(): void {
    const slowest = Math.min(this.#lastSequence, ...[...this.#positions].map(({ sequence }) => sequence));
    for (let mark = this.#marks[0]; mark !== undefined && mark <= slowest; mark = this.#marks[0]) {
      this.#journal.delete(mark);
      this.#marks.shift();
    }
  }
}

function indexAfter(log: readonly StoredEntry[], sequence: number): number {
  return log.findLastIndex((stored) => stored.sequence <= sequence) + 1;
}

function copyOf({ sequence, entry }: StoredEntry): StoredEntry {
  return { sequence, entry: entry.slice() };
}

function noticeOf(record: JournalRecord): LogNotice {
  return record.type === 'entry'
    ? { ...record, entry: record.entry.slice() }
    : { type: 'deleted', generationId: record.generationId };
}
