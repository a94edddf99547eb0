import type { ClientReadableStream } from '@grpc/grpc-js';
import { errorFromStatus } from './status.js';

/**
 * The messages of a server's stream. Leaving the loop, however it is left,
 * cancels the call: grpc-js by itself lets a call run on after `break`.
 *
 * @throws TesseraError with the server's status; the signal's reason when it was aborted.
 */
export function callStream<Message>(
  call: ClientReadableStream<Message>,
  signal?: AbortSignal,
): AsyncGenerator<Message, void, undefined> {
  // A call emits `error` before anybody iterates and after the loop was left; unheard, it would end the process.
  call.on('error', () => {});
  return messagesOf(call, signal);
}

async function* messagesOf<Message>(
  call: ClientReadableStream<Message>,
  signal?: AbortSignal,
): AsyncGenerator<Message, void, undefined> {
  const abort = () => call.cancel();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) call.cancel();
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
