import { setMaxListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { type FrameOf, isUnread, type Pacing, resetUnlessEnded, writeAll } from './paced-write.js';
import { statusFromError } from './status.js';

/** Hears of failures that are not a TesseraError, which the caller sees only as "internal error". */
export type ReportFault = (thrown: unknown) => void;

/**
 * The signal of one server call: aborted when the client cancels, leaves, is
 * killed, or its deadline passes. It is also aborted once the call has been
 * answered: grpc-js tells every end alike.
 */
export function signalOfCall(call: {
  once(event: 'cancelled', listener: () => void): unknown;
  cancelled: boolean;
}): AbortSignal {
  const controller = new AbortController();
  // Everything that a call waits for listens to it.
  setMaxListeners(0, controller.signal);
  const abort = () => controller.abort(new TesseraError('cancelled', 'the client left'));
  if (call.cancelled) abort();
  else call.once('cancelled', abort);
  return controller.signal;
}

export function unary<Request, Response>(
  handler: (
    request: Request,
    signal: AbortSignal,
    call: ServerUnaryCall<Request, Response>,
  ) => Promise<Response> | Response,
  reportFault: ReportFault,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    try {
      callback(null, await handler(call.request, signalOfCall(call), call));
    } catch (thrown) {
      if (!(thrown instanceof TesseraError)) reportFault(thrown);
      callback(statusFromError(thrown));
    }
  };
}

/**
 * A server-streaming handler as an async generator. Messages are written as
 * the client takes them. When the client leaves, or is closed because it reads
 * too slowly, the generator's `finally` runs.
 */
export function serverStream<Request, Response>(
  handler: (
    request: Request,
    signal: AbortSignal,
    call: ServerWritableStream<Request, Response>,
  ) => AsyncIterable<Response>,
  reportFault: ReportFault,
  pacing: Pacing = {},
  frameOf?: FrameOf<Response>,
): handleServerStreamingCall<Request, Response> {
  return async (call) => {
    const signal = signalOfCall(call);
    try {
      await writeAll(call, handler(call.request, signal, call), signal, pacing, frameOf);
      call.end();
    } catch (thrown) {
      endWithError(call, thrown, signal, reportFault);
      if (isUnread(thrown)) resetUnlessEnded(call, signal, pacing);
    }
  };
}

/**
 * A stream both ways as an async generator over the client's requests. The
 * requests end when the client sends no more, and throw the signal's reason
 * when it has left.
 */
export function duplexStream<Request, Response>(
  handler: (
    requests: AsyncIterable<Request>,
    signal: AbortSignal,
    call: ServerDuplexStream<Request, Response>,
  ) => AsyncIterable<Response>,
  reportFault: ReportFault,
): handleBidiStreamingCall<Request, Response> {
  return async (call) => {
    const signal = signalOfCall(call);
    try {
      await writeAll(call, handler(requestsOf(call, signal), signal, call), signal);
      call.end();
    } catch (thrown) {
      endWithError(call, thrown, signal, reportFault);
    }
  };
}

/** Leaving the loop leaves the call open: a destroyed call would never answer its client. */
async function* requestsOf<Request>(
  call: ServerDuplexStream<Request, unknown>,
  signal: AbortSignal,
): AsyncGenerator<Request, void, undefined> {
  try {
    yield* call.iterator({ destroyOnReturn: false }) as AsyncIterable<Request>;
    // A client that leaves is first heard as the end of its requests and only then as cancelled.
    await turn();
    signal.throwIfAborted();
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  }
}

/**
 * Ends a call with a status. `destroy(error)` and a failing `pipeline` leave
 * the client waiting for ever, so this is the only way a stream may fail.
 */
export function endWithError(
  call: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>,
  thrown: unknown,
  signal: AbortSignal,
  reportFault: ReportFault,
): void {
  if (signal.aborted) return;
  if (!(thrown instanceof TesseraError)) reportFault(thrown);
  call.emit('error', statusFromError(thrown));
}
