import { randomUUID } from 'node:crypto';
import { invalidField } from '@tessera/core';
import { ErrorCode } from 'nats';
import { linkSignals } from '../../link-signals.js';
import type { BusPatience } from '../bus.js';
import {
  type AppendOptions,
  type LogNotice,
  type LogStore,
  logConflict,
  MAX_ENTRY_BYTES,
  type StoredEntry,
} from '../log-store.js';
import { assertGenerationId, assertSize } from '../names.js';
import { api, MESSAGE_ID_HEADER, publish, type StoredMessage, storedMessage } from './jetstream.js';
import { ALL_LOGS, generationOfLog, LOG_STREAM, logSubject } from './layout.js';
import type { LogTail } from './log-tail.js';
import { busError, hasCode, isUnanswered, isWrongLastSequence } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';
import { persistently, requestTimeoutMs } from './patience.js';
import type { BusProtections } from './protections.js';
import { readStream } from './stream-reader.js';
import { isTombstone, TOMBSTONE_HEADERS, Tombstones } from './tombstones.js';

/** Of the one look for an entry of which nothing was heard. */
const LOOK_TIMEOUT_MS = 200;

/** Logs in one JetStream stream: a log is a subject, its sequence the stream's. */
export class NatsLogStore implements LogStore {
  readonly #link: NatsLink;
  readonly #tail: LogTail;
  readonly #protections: BusProtections;

  constructor(link: NatsLink, tail: LogTail, protections: BusProtections) {
    this.#link = link;
    this.#tail = tail;
    this.#protections = protections;
  }

  async append(
    generationId: string,
    expectedSequence: number,
    entry: Uint8Array,
    { traceparent, ...patience }: AppendOptions = {},
  ): Promise<number> {
    this.#link.closed.throwIfAborted();
    assertGenerationId(generationId);
    assertSize('entry', entry, MAX_ENTRY_BYTES);
    const messageId = randomUUID();
    const options = {
      timeoutMs: requestTimeoutMs(patience),
      messageId,
      ...(traceparent !== undefined && { extraHeaders: { traceparent } }),
      ...(this.#protections.expectsSequence && { expectedSequence }),
    };
    let unanswered = false;
    return persistently(this.#link, patience, async () => {
      try {
        return await publish(this.#link, logSubject(generationId), entry, options);
      } catch (thrown) {
        if (hasCode(thrown, ErrorCode.MaxPayloadExceeded)) {
          throw invalidField('entry', 'must fit into a message of NATS', entry.length);
        }
        const refused = isWrongLastSequence(thrown);
        unanswered ||= isUnanswered(thrown);
        const own = unanswered ? await this.#sequenceOf(messageId, generationId, expectedSequence) : undefined;
        if (own !== undefined) return own;
        if (refused) throw logConflict(generationId, expectedSequence);
        throw busError(thrown);
      }
    });
  }

  async read(generationId: string, afterSequence = 0): Promise<readonly StoredEntry[]> {
    assertGenerationId(generationId);
    return (await this.#entriesAfter(generationId, afterSequence, {})).entries;
  }

  async *follow(
    generationId: string,
    afterSequence: number,
    signal: AbortSignal,
  ): AsyncGenerator<StoredEntry, void, undefined> {
    this.#link.closed.throwIfAborted();
    assertGenerationId(generationId);
    const { signal: ended, unlink } = linkSignals(signal, this.#link.closed);
    const follower = this.#tail.follow(generationId);
    let sequence = afterSequence;
    try {
      const stored = await this.#entriesAfter(generationId, afterSequence, { until: ended });
      for (const entry of stored.entries) {
        if (ended.aborted) return;
        sequence = entry.sequence;
        yield entry;
      }
      if (stored.deleted) return;
      for await (const message of follower.messages(ended)) {
        if (message.sequence <= sequence) continue;
        if (isTombstone(message)) return;
        sequence = message.sequence;
        yield entryOf(message);
      }
    } catch (thrown) {
      if (!ended.aborted) throw thrown;
    } finally {
      follower.leave();
      unlink();
    }
  }

  async *followAll(signal: AbortSignal): AsyncGenerator<LogNotice, void, undefined> {
    this.#link.closed.throwIfAborted();
    const tombstones = new Tombstones(this.#link);
    /** Told before everything was; one that goes before it is told is never mentioned. */
    const told = new Set<string>();
    let caughtUp = false;
    const reading = { stream: LOG_STREAM, filter: ALL_LOGS, afterSequence: 0 };
    for await (const notice of readStream(this.#link, reading, signal)) {
      if (notice.type === 'caught-up') {
        caughtUp = true;
        told.clear();
        yield notice;
        continue;
      }
      tombstones.saw(notice);
      const generationId = generationOfLog(notice.subject);
      if (!isTombstone(notice)) {
        if (!caughtUp) told.add(generationId);
        yield { type: 'entry', generationId, ...entryOf(notice) };
      } else if (caughtUp || told.delete(generationId)) yield { type: 'deleted', generationId };
    }
  }

  async delete(generationId: string): Promise<void> {
    this.#link.closed.throwIfAborted();
    assertGenerationId(generationId);
    const subject = logSubject(generationId);
    const timeoutMs = requestTimeoutMs({});
    try {
      for (;;) {
        const last = await storedMessage(this.#link, LOG_STREAM, { last_by_subj: subject }, timeoutMs);
        if (last === undefined) return;
        const end = isTombstone(last) ? last.sequence : await this.#bury(subject, last.sequence, timeoutMs);
        if (end === undefined) continue;
        // Everything before the tombstone.
        await api(this.#link, `STREAM.PURGE.${LOG_STREAM}`, { filter: subject, seq: end }, timeoutMs);
        return;
      }
    } catch (thrown) {
      throw busError(thrown);
    }
  }

  /** @returns the tombstone's sequence; `undefined` when another writer came first. */
  async #bury(subject: string, expectedSequence: number, timeoutMs: number): Promise<number | undefined> {
    try {
      const options = { timeoutMs, expectedSequence, extraHeaders: TOMBSTONE_HEADERS };
      return await publish(this.#link, subject, new Uint8Array(), options);
    } catch (thrown) {
      if (isWrongLastSequence(thrown)) return undefined;
      throw thrown;
    }
  }

  /**
   * Where the entry was stored of which nothing was heard. `undefined` when it
   * is not, or nobody can tell.
   *
   * @throws TesseraError for which `isLogConflict` holds, when another entry has taken its place.
   */
  async #sequenceOf(messageId: string, generationId: string, expectedSequence: number): Promise<number | undefined> {
    let next: StoredMessage | undefined;
    try {
      const query = { seq: expectedSequence + 1, next_by_subj: logSubject(generationId) };
      next = await storedMessage(this.#link, LOG_STREAM, query, LOOK_TIMEOUT_MS);
    } catch {
      return undefined;
    }
    if (next === undefined) return undefined;
    if (next.headers?.get(MESSAGE_ID_HEADER) === messageId) return next.sequence;
    throw logConflict(generationId, expectedSequence);
  }

  async #entriesAfter(
    generationId: string,
    afterSequence: number,
    patience: BusPatience,
  ): Promise<{ readonly entries: readonly StoredEntry[]; readonly deleted: boolean }> {
    this.#link.closed.throwIfAborted();
    const subject = logSubject(generationId);
    const timeoutMs = requestTimeoutMs(patience);
    const message = (query: Parameters<typeof storedMessage>[2]) =>
      persistently(this.#link, patience, () => storedMessage(this.#link, LOG_STREAM, query, timeoutMs));
    const last = await message({ last_by_subj: subject });
    // A log that had entries and has none was deleted long ago.
    if (last === undefined) return { entries: [], deleted: afterSequence > 0 };
    if (isTombstone(last)) return { entries: [], deleted: true };
    const entries: StoredEntry[] = [];
    let sequence = afterSequence;
    while (sequence < last.sequence) {
      const next = await message({ seq: sequence + 1, next_by_subj: subject });
      // Deleted while it was read.
      if (next === undefined || isTombstone(next)) return { entries: [], deleted: true };
      sequence = next.sequence;
      entries.push(entryOf(next));
    }
    return { entries, deleted: false };
  }
}

function entryOf({ sequence, payload }: StoredMessage): StoredEntry {
  return { sequence, entry: new Uint8Array(payload) };
}
