import { createHash, randomBytes } from 'node:crypto';
import { TesseraError } from '@tessera/core';
import type { MsgHdrs } from 'nats';
import type { BusPatience } from '../bus.js';
import { assertObjectName } from '../names.js';
import { type ObjectStore, type ObjectSummary, objectDamaged } from '../object-store.js';
import { api, nearestMessage, publish, type StoredMessage, storedMessage } from './jetstream.js';
import {
  ATTEMPT_HEADER,
  nameOfObject,
  OBJECT_STREAM,
  objectFilter,
  objectSubject,
  partSubject,
  partsOf,
} from './layout.js';
import { busError, isWrongLastSequence } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';
import { persistently, requestTimeoutMs } from './patience.js';
import type { BusProtections } from './protections.js';
import { lastSequenceOf, readStream } from './stream-reader.js';

/** An object up to this size is one message; a larger one is stored in parts of it, and named last. */
const PART_BYTES = 512 * 1024;
const PARTS_AT_ONCE = 4;

const SHA256 = 'Tessera-Sha256';
const SIZE = 'Tessera-Size';

/**
 * Objects in one JetStream stream. Not NATS's own object store: that replaces
 * what a name holds, takes several messages for the smallest object, and goes
 * through all names to list some.
 */
export class NatsObjectStore implements ObjectStore {
  readonly #link: NatsLink;
  readonly #protections: BusProtections;

  constructor(link: NatsLink, protections: BusProtections) {
    this.#link = link;
    this.#protections = protections;
  }

  async put(name: string, bytes: Uint8Array, patience: BusPatience = {}): Promise<void> {
    this.#link.closed.throwIfAborted();
    assertObjectName(name);
    const sha256 = sha256Of(bytes);
    const timeoutMs = requestTimeoutMs(patience);
    const described = { [SHA256]: sha256, [SIZE]: String(bytes.length) };
    const whole = bytes.length <= PART_BYTES;
    const attempt = whole ? undefined : await this.#putParts(name, bytes, patience);
    const extraHeaders = attempt === undefined ? described : { ...described, [ATTEMPT_HEADER]: attempt };
    const payload = whole ? bytes : new Uint8Array();
    const isFirst = await persistently(this.#link, patience, async () => {
      try {
        await publish(this.#link, objectSubject(name), payload, { timeoutMs, expectedSequence: 0, extraHeaders });
        return true;
      } catch (thrown) {
        if (isWrongLastSequence(thrown)) return false;
        throw thrown;
      }
    });
    if (!isFirst) await this.#assertSame(name, { sha256, attempt }, patience);
  }

  async get(name: string, patience: BusPatience = {}): Promise<Uint8Array | undefined> {
    this.#link.closed.throwIfAborted();
    assertObjectName(name);
    return persistently(this.#link, patience, async () => {
      const found = await this.#described(name, patience);
      if (found === undefined) return undefined;
      const attempt = found.headers?.get(ATTEMPT_HEADER) || undefined;
      const bytes =
        attempt === undefined ? new Uint8Array(found.payload) : await this.#parts(name, attempt, found, patience);
      if (this.#protections.checksObjects && (bytes === undefined || sha256Of(bytes) !== found.headers?.get(SHA256))) {
        throw objectDamaged(name);
      }
      return bytes;
    });
  }

  async delete(name: string): Promise<void> {
    this.#link.closed.throwIfAborted();
    assertObjectName(name);
    for (const filter of [objectSubject(name), partsOf(name)]) await this.#purge(filter);
  }

  async list(prefix: string): Promise<readonly ObjectSummary[]> {
    this.#link.closed.throwIfAborted();
    const session = this.#link.current;
    if (session === undefined) throw away();
    // A reading waits for the Bus; this tells at once whether it is there.
    await lastSequenceOf(this.#link, OBJECT_STREAM, requestTimeoutMs({})).catch((thrown) => {
      throw busError(thrown);
    });
    const listed: ObjectSummary[] = [];
    const reading = { stream: OBJECT_STREAM, filter: objectFilter(prefix), afterSequence: 0, headersOnly: true };
    for await (const notice of readStream(this.#link, reading, session.lost)) {
      if (notice.type === 'caught-up') return listed;
      const name = nameOfObject(notice.subject);
      const { headers, storedAtMs } = notice;
      if (name.startsWith(prefix)) listed.push({ name, sizeBytes: sizeIn(headers), storedAtMs });
    }
    throw away();
  }

  /** What is stored under the name: from the leader when another server does not have it (yet). */
  async #described(name: string, patience: BusPatience): Promise<StoredMessage | undefined> {
    const timeoutMs = requestTimeoutMs(patience);
    const subject = objectSubject(name);
    const near = await nearestMessage(this.#link, OBJECT_STREAM, subject, timeoutMs);
    return near ?? storedMessage(this.#link, OBJECT_STREAM, { last_by_subj: subject }, timeoutMs);
  }

  /** @throws TesseraError `already_exists` when the name holds other bytes. */
  async #assertSame(
    name: string,
    { sha256, attempt }: { readonly sha256: string; readonly attempt: string | undefined },
    patience: BusPatience,
  ): Promise<void> {
    const present = await persistently(this.#link, patience, () => this.#described(name, patience));
    // Perhaps it is this very put, of which nothing was heard.
    const ours = attempt !== undefined && present?.headers?.get(ATTEMPT_HEADER) === attempt;
    if (attempt !== undefined && !ours) await this.#purge(partsOf(name, attempt));
    if (present?.headers?.get(SHA256) !== sha256) {
      throw new TesseraError('already_exists', `object ${name} holds other bytes`);
    }
  }

  /** @returns the attempt under which the parts are stored. */
  async #putParts(name: string, bytes: Uint8Array, patience: BusPatience): Promise<string> {
    const attempt = randomBytes(9).toString('hex');
    const timeoutMs = requestTimeoutMs(patience);
    await eachAtOnce(partCount(bytes.length), PARTS_AT_ONCE, async (index) => {
      const part = bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES);
      const subject = partSubject(name, attempt, index);
      await persistently(this.#link, patience, () => publish(this.#link, subject, part, { timeoutMs }));
    });
    return attempt;
  }

  /** `undefined` when a part is missing. */
  async #parts(
    name: string,
    attempt: string,
    { headers }: StoredMessage,
    patience: BusPatience,
  ): Promise<Uint8Array | undefined> {
    const sizeBytes = sizeIn(headers);
    const bytes = new Uint8Array(sizeBytes);
    const timeoutMs = requestTimeoutMs(patience);
    let complete = true;
    await eachAtOnce(partCount(sizeBytes), PARTS_AT_ONCE, async (index) => {
      const subject = partSubject(name, attempt, index);
      const near = await nearestMessage(this.#link, OBJECT_STREAM, subject, timeoutMs);
      const part = near ?? (await storedMessage(this.#link, OBJECT_STREAM, { last_by_subj: subject }, timeoutMs));
      if (part === undefined || index * PART_BYTES + part.payload.length > sizeBytes) complete = false;
      else bytes.set(part.payload, index * PART_BYTES);
    });
    return complete ? bytes : undefined;
  }

  async #purge(filter: string): Promise<void> {
    try {
      await api(this.#link, `STREAM.PURGE.${OBJECT_STREAM}`, { filter }, requestTimeoutMs({}));
    } catch (thrown) {
      throw busError(thrown);
    }
  }
}

const away = () => new TesseraError('unavailable', 'the Bus is away');
const partCount = (sizeBytes: number): number => Math.ceil(sizeBytes / PART_BYTES);
const sizeIn = (headers: MsgHdrs | undefined): number => Number(headers?.get(SIZE));
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Runs `each(0)` to `each(count - 1)`, so many at a time. */
async function eachAtOnce(count: number, atOnce: number, each: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await each(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
}
