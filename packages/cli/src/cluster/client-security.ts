import { readFileSync } from 'node:fs';
import type { SecurityOptions } from '@tessera/client';
import { TesseraError } from '@tessera/core';
import { isLoopback, parseAddress, type SettingValues } from '@tessera/runtime';
import type { CLIENT_SETTINGS } from '../settings.js';

type Settings = Pick<SettingValues<typeof CLIENT_SETTINGS>, 'address' | 'tls' | 'tlsCa' | 'tlsName' | 'insecure'>;

/** How a command speaks to the cluster that it is told of. @throws TesseraError `invalid_argument` for `--tls-ca`. */
export function clientSecurity({ tls, tlsCa, tlsName, insecure }: Settings): SecurityOptions {
  const asksForTls = tls || tlsCa !== undefined || tlsName !== undefined;
  return { insecure, ...(asksForTls && { tls: { ca: tlsCa && read(tlsCa), serverName: tlsName } }) };
}

/** Whether it speaks TLS to at least one of the addresses. */
export function speaksTls({ address, insecure, ...settings }: Settings): boolean {
  if (clientSecurity({ address, insecure, ...settings }).tls !== undefined) return true;
  return !insecure && address.some((one) => !isLoopback(parseAddress(one).host));
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    const text = `--tls-ca: ${(thrown as Error).message}`;
    throw new TesseraError('invalid_argument', text, { field: '--tls-ca', cause: thrown });
  }
}
