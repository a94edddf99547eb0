import { headers, type Msg, type MsgHdrs } from 'nats';
import { type ApiError, isNoMessageFound, JetStreamError } from './nats-errors.js';

/** What can be asked: a link, or one connection. */
export interface Asked {
  request(subject: string, payload: Uint8Array, options: { timeoutMs: number; headers?: MsgHdrs }): Promise<Msg>;
}

/** A message as a stream holds it. */
export interface StoredMessage {
  readonly sequence: number;
  readonly headers: MsgHdrs | undefined;
  readonly payload: Uint8Array;
  /** The server's wall clock, milliseconds. */
  readonly storedAtMs: number;
}

export interface PublishOptions {
  readonly timeoutMs: number;
  /** Of the last message of the subject; 0: there is none. Not expected when absent. */
  readonly expectedSequence?: number;
  /** The server stores one message of an id, within two minutes. */
  readonly messageId?: string;
  readonly extraHeaders?: Readonly<Record<string, string>>;
}

export const MESSAGE_ID_HEADER = 'Nats-Msg-Id';
const EXPECTED_SEQUENCE_HEADER = 'Nats-Expected-Last-Subject-Sequence';

/** Stores a message; resolves with its sequence once the server has it. @throws JetStreamError when it refuses. */
export async function publish(
  nats: Asked,
  subject: string,
  payload: Uint8Array,
  { timeoutMs, expectedSequence, messageId, extraHeaders = {} }: PublishOptions,
): Promise<number> {
  const sent = headers();
  if (expectedSequence !== undefined) sent.set(EXPECTED_SEQUENCE_HEADER, String(expectedSequence));
  if (messageId !== undefined) sent.set(MESSAGE_ID_HEADER, messageId);
  for (const [name, value] of Object.entries(extraHeaders)) sent.set(name, value);
  const answer = await nats.request(subject, payload, { timeoutMs, headers: sent });
  return resultOf<{ readonly seq: number }>(answer).seq;
}

/** One call of JetStream's API, as in https://docs.nats.io/reference/reference-protocols/nats_api_reference. */
export async function api<Result>(nats: Asked, call: string, body: unknown, timeoutMs: number): Promise<Result> {
  const payload = body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body));
  return resultOf(await nats.request(`$JS.API.${call}`, payload, { timeoutMs }));
}

function resultOf<Result>(answer: Msg): Result {
  const result = answer.json<Result & { readonly error?: ApiError }>();
  if (result.error !== undefined) throw new JetStreamError(result.error);
  return result;
}

export type MessageQuery = { readonly last_by_subj: string } | { readonly seq: number; readonly next_by_subj?: string };

/** A stored message as the stream's leader has it; `undefined` when there is none. */
export async function storedMessage(
  nats: Asked,
  stream: string,
  query: MessageQuery,
  timeoutMs: number,
): Promise<StoredMessage | undefined> {
  try {
    const { message } = await api<{ message: ApiMessage }>(nats, `STREAM.MSG.GET.${stream}`, query, timeoutMs);
    return {
      sequence: message.seq,
      headers: message.hdrs === undefined ? undefined : headersFromText(Buffer.from(message.hdrs, 'base64')),
      storedAtMs: Date.parse(message.time),
      payload: message.data === undefined ? new Uint8Array() : Buffer.from(message.data, 'base64'),
    };
  } catch (thrown) {
    if (isNoMessageFound(thrown)) return undefined;
    throw thrown;
  }
}

interface ApiMessage {
  readonly seq: number;
  readonly time: string;
  readonly hdrs?: string;
  readonly data?: string;
}

/** `NATS/1.0\r\nName: value\r\n…` */
function headersFromText(bytes: Buffer): MsgHdrs {
  const parsed = headers();
  for (const line of bytes.toString('utf8').split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) parsed.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return parsed;
}

/** A stored message from whichever server answers first: for what never changes. `undefined` when that server has none. */
export async function nearestMessage(
  nats: Asked,
  stream: string,
  subject: string,
  timeoutMs: number,
): Promise<StoredMessage | undefined> {
  const answer = await nats.request(`$JS.API.DIRECT.GET.${stream}.${subject}`, new Uint8Array(), { timeoutMs });
  const { headers: found, data } = answer;
  if (found?.code === NOT_FOUND) return undefined;
  if (found !== undefined && found.code !== 0)
    throw new JetStreamError({ code: found.code, description: found.description });
  const sequence = Number(found?.get('Nats-Sequence'));
  return { sequence, headers: found, payload: data, storedAtMs: Date.parse(found?.get('Nats-Time-Stamp') ?? '') };
}

const NOT_FOUND = 404;
