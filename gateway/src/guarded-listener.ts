import { TesseraError } from '@tessera/core';
import { isLoopback, parseAddress } from '@tessera/runtime';

/**
 * Refuses a listener that others than this machine could reach without showing
 * who they are.
 *
 * @throws TesseraError `invalid_argument` unless it is on loopback, or `insecure` says that this is meant.
 */
export function assertGuarded(listen: string, insecure: boolean): void {
  if (insecure || isLoopback(parseAddress(listen).host)) return;
  const text = `--listen ${listen} is beyond loopback, without TLS and keys; --insecure listens there all the same`;
  throw new TesseraError('invalid_argument', text, { field: '--listen' });
}
