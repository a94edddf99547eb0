import type { ChannelCredentials, ChannelOptions } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import type { Logger } from '../logger.js';
import { flagOf } from '../settings/definition.js';
import { type Certificates, followCertificates } from './certificates.js';
import { channelCredentials } from './grpc-credentials.js';
import { isFor, type PeerRole, peerName } from './peer-names.js';

/** How this process shows the others of its cluster who it is, and finds out who they are. */
export interface Peers {
  readonly certificates: Certificates;
  readonly domain: string;
}

export interface PeerFiles {
  readonly peerCert?: string | undefined;
  readonly peerKey?: string | undefined;
  readonly peerCa?: string | undefined;
  readonly peerDomain: string;
}

/**
 * The settings' peers; `undefined` where none of the files is named: then the
 * processes speak plain text among themselves.
 *
 * @throws TesseraError `invalid_argument` when only some are named, or a file cannot be used.
 */
export function peersOf(settings: PeerFiles, log: Logger, signal: AbortSignal): Peers | undefined {
  const { peerCert: certificate, peerKey: key, peerCa: ca, peerDomain: domain } = settings;
  if (certificate === undefined && key === undefined && ca === undefined) return undefined;
  if (certificate === undefined || key === undefined || ca === undefined) {
    const missing = (['peerCert', 'peerKey', 'peerCa'] as const).find((name) => settings[name] === undefined) as string;
    const text = `${flagOf(missing)} is needed beside the others of --peer-cert, --peer-key and --peer-ca`;
    throw new TesseraError('invalid_argument', text, { field: flagOf(missing) });
  }
  return { certificates: followCertificates({ certificate, key, ca }, log, signal), domain };
}

/** Which process is expected at the other end of a channel. */
export interface PeerChannel {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** Mutual TLS with a process in this role, at whatever address. */
export function peerChannel({ certificates, domain }: Peers, role: PeerRole): PeerChannel {
  const name = peerName(role, domain);
  const credentials = channelCredentials(certificates, (certificate) =>
    isFor(certificate, name) ? undefined : new Error(`the certificate is not for ${name}`),
  );
  // TLS knows no addresses for names.
  return { credentials, options: { 'grpc.ssl_target_name_override': name } };
}
