import type { ClientReadableStream } from '@grpc/grpc-js';
import { errorFromStatus } from './status.js';

/**
 * The messages of a server's stream. Leaving the loop, however it is left,
 * cancels the call: grpc-js by itself lets a call run on after `break`.
 *
 * @throws TesseraError with the server's status.
 */
export async function* callStream<Message>(
  call: ClientReadableStream<Message>,
  signal?: AbortSignal,
): AsyncGenerator<Message, void, undefined> {
  const abort = () => call.cancel();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) call.cancel();
  // A cancelled call emits `error` after the loop has stopped listening.
  call.on('error', () => {});
  try {
    yield* call as AsyncIterable<Message>;
  } catch (thrown) {
    signal?.throwIfAborted();
    throw errorFromStatus(thrown);
  } finally {
    signal?.removeEventListener('abort', abort);
    call.cancel();
  }
}
