import type { CallOptions, ClientUnaryCall, Metadata, requestCallback } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { errorFromStatus } from './status.js';

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: CallOptions,
  callback: requestCallback<Response>,
) => ClientUnaryCall;

/**
 * One unary call as a promise; the signal cancels it.
 *
 * @param method bound to its client.
 * @throws TesseraError with the server's status; the signal's reason when it was aborted.
 */
export function callUnary<Request, Response>(
  method: UnaryMethod<Request, Response>,
  request: Request,
  metadata: Metadata,
  { signal, ...options }: CallOptions & { signal?: AbortSignal },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => call.cancel();
    const call = started(method, request, metadata, options, (error, response) => {
      signal?.removeEventListener('abort', abort);
      if (error) reject(signal?.aborted ? signal.reason : errorFromStatus(error));
      else resolve(response as Response);
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** grpc-js throws at once when the client or its channel was closed. */
function started<Request, Response>(
  method: UnaryMethod<Request, Response>,
  ...call: Parameters<UnaryMethod<Request, Response>>
): ClientUnaryCall {
  try {
    return method(...call);
  } catch (thrown) {
    throw new TesseraError('unavailable', 'the connection is closed', { cause: thrown });
  }
}
