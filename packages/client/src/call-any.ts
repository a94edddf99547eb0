import { TesseraError } from '@tessera/core';
import type { Gateways } from './gateways.js';
import { isConnectionLoss } from './reconnecting.js';
import { callOnce, type UnaryCalls } from './rpc.js';

/**
 * One unary call, by one gateway after another while they cannot be reached;
 * none twice. All of these calls may safely be made twice.
 *
 * @throws TesseraError what the last one that was asked said; `deadline_exceeded` after `timeoutMs`.
 */
export async function callAny<Name extends keyof UnaryCalls>(
  gateways: Gateways,
  name: Name,
  request: Parameters<UnaryCalls[Name]>[0],
  { signal, timeoutMs }: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
): Promise<ReturnType<UnaryCalls[Name]>> {
  const endsAtMs = performance.now() + timeoutMs;
  for (let left = gateways.count; ; left -= 1) {
    const service = gateways.current;
    try {
      return await callOnce(service, name, request, { signal, timeoutMs: Math.max(1, endsAtMs - performance.now()) });
    } catch (thrown) {
      signal?.throwIfAborted();
      if (left <= 1 || !isConnectionLoss(TesseraError.from(thrown))) throw thrown;
      gateways.leave(service);
    }
  }
}
