import { TesseraError } from '@tessera/core';
import type { GenerationServiceClient } from '@tessera/proto';
import type { ReconnectPolicy } from './backoff.js';
import { answers } from './health.js';

/**
 * One connection's stream. Whenever it is silent for too long while somebody
 * waits, its gateway is asked whether it is there: a process that was frozen,
 * or a network that drops everything, closes no connection. A gateway that
 * answers may be silent for as long as it likes.
 *
 * @param open is given the signal that ends the connection.
 * @throws TesseraError `unavailable` when the gateway did not answer.
 */
export async function* attentive<Item>(
  service: GenerationServiceClient,
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  { silentMs, answerMs }: Pick<ReconnectPolicy, 'silentMs' | 'answerMs'>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const connection = new AbortController();
  const leave = () => connection.abort(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  let timer: NodeJS.Timeout | undefined;
  let waitsFor = 0;
  const listen = () => {
    waitsFor += 1;
    timer = setTimeout(ask, silentMs, waitsFor);
  };
  const hear = () => {
    waitsFor += 1;
    clearTimeout(timer);
  };
  const ask = async (since: number) => {
    const isThere = await answers(service, answerMs);
    if (since !== waitsFor) return;
    if (isThere) listen();
    else
      connection.abort(new TesseraError('unavailable', `the gateway is silent and did not answer in ${answerMs} ms`));
  };
  try {
    listen();
    for await (const item of open(connection.signal)) {
      hear();
      yield item;
      listen();
    }
  } finally {
    hear();
    signal.removeEventListener('abort', leave);
  }
}
