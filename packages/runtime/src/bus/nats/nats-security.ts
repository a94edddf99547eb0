import { readFileSync } from 'node:fs';
import { TesseraError } from '@tessera/core';
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  nkeyAuthenticator,
  usernamePasswordAuthenticator,
} from 'nats';
import type { Certificates } from '../../tls/certificates.js';

/** How a process shows NATS who it is, and finds out whom it speaks to. */
export interface NatsSecurity {
  /** A `.creds` file, an nkey seed, or `USER:PASSWORD`. */
  readonly credentialsFile?: string | undefined;
  /** Who signs for the servers, PEM; the usual authorities when not given. */
  readonly caFile?: string | undefined;
  /** Shown to servers that ask for a certificate. */
  readonly certificates?: Certificates | undefined;
}

/**
 * What one connection is made with, read anew: files may have been replaced
 * since the last. Where servers are named `tls://`, one that speaks plain text
 * is refused.
 *
 * @throws TesseraError `unavailable` when a file cannot be read or used just now.
 */
export function securityOptions(
  servers: readonly string[],
  { credentialsFile, caFile, certificates }: NatsSecurity,
): Pick<ConnectionOptions, 'tls' | 'authenticator'> {
  const overTls = servers.some((server) => server.startsWith('tls://'));
  const shown = certificates?.current;
  return {
    ...(credentialsFile !== undefined && { authenticator: authenticatorOf(credentialsFile) }),
    ...(overTls && {
      tls: {
        ...(caFile !== undefined && { ca: read(caFile).toString() }),
        ...(shown && { cert: shown.certificate.toString(), key: shown.key.toString() }),
      },
    }),
  };
}

function authenticatorOf(file: string): Authenticator {
  const content = read(file);
  const text = content.toString().trim();
  if (text.includes('BEGIN NATS USER JWT')) return credsAuthenticator(content);
  if (/^SU[A-Z2-7]+$/.test(text)) return nkeyAuthenticator(Buffer.from(text));
  const [, user, password] = /^([^:\s]+):(\S+)$/.exec(text) ?? [];
  if (user === undefined || password === undefined) {
    throw new TesseraError('unavailable', `${file} holds no .creds, nkey seed or USER:PASSWORD`);
  }
  return usernamePasswordAuthenticator(user, password);
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw new TesseraError('unavailable', (thrown as Error).message, { cause: thrown });
  }
}
