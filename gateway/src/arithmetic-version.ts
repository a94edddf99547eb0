import { createHash } from 'node:crypto';
import { arithmeticProbe } from '@tessera/core';

/** Names the gateway's own arithmetic: equal versions make equal noise and equal steps, bit for bit. */
export function arithmeticVersion(): string {
  return createHash('sha256').update(arithmeticProbe()).digest('hex');
}
