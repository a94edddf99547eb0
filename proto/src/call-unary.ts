import type { CallOptions, ClientUnaryCall, Metadata, requestCallback } from '@grpc/grpc-js';
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
    const call = method(request, metadata, options, (error, response) => {
      signal?.removeEventListener('abort', abort);
      if (error) reject(signal?.aborted ? signal.reason : errorFromStatus(error));
      else resolve(response as Response);
    });
    const abort = () => call.cancel();
    signal?.addEventListener('abort', abort, { once: true });
  });
}
