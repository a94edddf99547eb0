import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { callStream } from './call-stream.js';
import { errorFromStatus } from './status.js';

/** A stream both ways, as its client sees it. */
export interface DuplexCall<Request, Response> {
  /**
   * Sends a message and resolves when there is room for another one.
   *
   * @throws TesseraError with the status when the call has ended; the signal's reason when it was aborted.
   */
  write(request: Request): Promise<void>;
  /** Tells the server that no further request comes. */
  end(): void;
  /** Leaving the loop cancels the call. @throws TesseraError with the server's status. */
  readonly responses: AsyncGenerator<Response, void, undefined>;
  cancel(): void;
}

export function duplexCall<Request, Response>(
  call: ClientDuplexStream<Request, Response>,
  signal?: AbortSignal,
): DuplexCall<Request, Response> {
  let ended: StatusObject | undefined;
  call.once('status', (status) => {
    ended = status;
  });
  const assertOpen = () => {
    signal?.throwIfAborted();
    if (ended !== undefined) throw endOf(ended);
  };
  return {
    responses: callStream(call, signal),
    async write(request) {
      assertOpen();
      if (call.write(request)) return;
      await drained(call);
      assertOpen();
    },
    end: () => call.end(),
    cancel: () => call.cancel(),
  };
}

function endOf(status: StatusObject): TesseraError {
  return status.code === 0
    ? new TesseraError('unavailable', 'the server has ended the stream')
    : errorFromStatus(status);
}

/** A drain never comes once a call has ended. */
function drained(call: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      call.off('drain', settle);
      call.off('status', settle);
      resolve();
    };
    call.once('drain', settle);
    call.once('status', settle);
  });
}
