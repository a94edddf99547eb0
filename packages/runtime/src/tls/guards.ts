import { TesseraError } from '@tessera/core';
import { isLoopback, parseAddress } from '../settings/address.js';

/** What plain text there would be beyond this machine. */
export interface PlainText {
  /** The setting, as a flag. */
  readonly flag: string;
  /** `host:port`, or a URL of one. */
  readonly address: string;
  /** What it lacks: `without TLS and keys`. */
  readonly lacks: string;
}

/**
 * Refuses plain text that others than this machine could read.
 *
 * @throws TesseraError `invalid_argument` unless the address is on loopback, or `insecure` says that this is meant.
 */
export function assertOnLoopback({ flag, address, lacks }: PlainText, insecure: boolean): void {
  if (insecure || isLoopback(hostOf(address))) return;
  const text = `${flag} ${address} is beyond loopback, ${lacks}; --insecure uses it all the same`;
  throw new TesseraError('invalid_argument', text, { field: flag });
}

function hostOf(address: string): string {
  if (!address.includes('://')) return parseAddress(address).host;
  return new URL(address).hostname.replace(/^\[|\]$/g, '');
}
