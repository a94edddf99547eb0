import { once } from 'node:events';
import { constants } from 'node:http2';
import { Metadata } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { transportOf } from './transport.js';

/** How a stream is written to clients that may read slowly, or not at all. */
export interface Pacing {
  /**
   * Longest that one message may wait to be taken, milliseconds. With it, the
   * next message is asked for when the one before has been taken, so that a
   * client that stops reading costs one message. Without it, messages wait in
   * grpc-js, up to 16.
   */
  readonly unreadMs?: number;
  /** After that, the time to read the status before the stream is reset; 0 when not given. */
  readonly resetAfterMs?: number;
  /** False writes without waiting for anything. For tests. */
  readonly obeysFlowControl?: boolean;
}

/** A message as gRPC puts it on the wire, where that is known: streams that send the same share the bytes. */
export type FrameOf<Response> = (message: Response) => Buffer | undefined;

type WritableCall<Response> = {
  write(message: Response, taken?: (error?: Error | null) => void): boolean;
  sendMetadata(metadata: Metadata): void;
} & NodeJS.EventEmitter;

/**
 * Writes every message, waiting whenever the client is behind.
 *
 * @param frameOf is used with `unreadMs`.
 * @throws TesseraError {@link isUnread}
 */
export async function writeAll<Response>(
  call: WritableCall<Response>,
  messages: AsyncIterable<Response>,
  signal: AbortSignal,
  { unreadMs, obeysFlowControl = true }: Pacing = {},
  frameOf?: FrameOf<Response>,
): Promise<void> {
  const write = writer(call, frameOf);
  for await (const message of messages) {
    if (signal.aborted) return;
    if (!obeysFlowControl) call.write(message);
    else if (unreadMs !== undefined) await taken(write, message, unreadMs, signal);
    // `write` returns false at 16 queued messages; a drain never comes after a cancel.
    else if (!call.write(message)) await once(call, 'drain', { signal });
  }
}

const SLOW_VIEWER = 'SLOW_VIEWER';

/** Whether a stream was ended because its client left a message unread. */
export function isUnread(thrown: unknown): boolean {
  return thrown instanceof TesseraError && thrown.reason === SLOW_VIEWER;
}

type Write<Response> = (message: Response, taken: () => void) => void;

function writer<Response>(call: WritableCall<Response>, frameOf: FrameOf<Response> | undefined): Write<Response> {
  const transport = frameOf && transportOf(call);
  return (message, taken) => {
    const frame = transport && frameOf?.(message);
    if (frame === undefined) {
      call.write(message, taken);
      return;
    }
    // Sent once; later ones change nothing.
    call.sendMetadata(new Metadata());
    transport?.write(frame, taken);
  };
}

/** Resolves when the transport has sent the message, which it does as far as the client's flow control lets it. */
function taken<Response>(
  write: Write<Response>,
  message: Response,
  unreadMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => () => {
      clearTimeout(limit);
      signal.removeEventListener('abort', left);
      how();
    };
    const left = settle(() => reject(signal.reason));
    const unread = settle(() => {
      const text = `a message was left unread for ${unreadMs} ms`;
      reject(new TesseraError('resource_exhausted', text, { reason: SLOW_VIEWER }));
    });
    const limit = setTimeout(unread, unreadMs);
    signal.addEventListener('abort', left, { once: true });
    write(message, settle(resolve));
  });
}

/**
 * A status comes behind what the client has not read. When it is not read in
 * time, the stream is cut with the reset that gRPC reads as RESOURCE_EXHAUSTED.
 *
 * @param signal aborted when the call has ended.
 */
export function resetUnlessEnded(call: object, signal: AbortSignal, { resetAfterMs = 0 }: Pacing): void {
  const reset = setTimeout(() => transportOf(call)?.close(constants.NGHTTP2_ENHANCE_YOUR_CALM), resetAfterMs);
  signal.addEventListener('abort', () => clearTimeout(reset), { once: true });
}
