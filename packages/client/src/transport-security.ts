import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, createSecureContext, type PeerCertificate, type SecureContextOptions } from 'node:tls';
import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';

/** TLS towards gateways. */
export interface TlsOptions {
  /** Who signs the gateways' certificates, PEM; the usual authorities when not given. */
  readonly ca?: string | Uint8Array | undefined;
  /** The gateways' own certificate, PEM: it alone is trusted, whoever signed it and whatever it is for. */
  readonly certificate?: string | Uint8Array | undefined;
  /** The name that the certificates are for, where it is not the address's. */
  readonly serverName?: string | undefined;
}

export interface SecurityOptions {
  /** What the channel is made with, in place of all below. */
  readonly credentials?: ChannelCredentials | undefined;
  /** Default: the usual authorities, beyond loopback; plain text on it. */
  readonly tls?: TlsOptions | undefined;
  /** Plain text beyond loopback too: who is on the way reads prompts, images and keys. */
  readonly insecure?: boolean | undefined;
}

export interface ChannelSecurity {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** @param address `host:port`. */
export function securityOf(
  address: string,
  { credentials: given, tls, insecure = false }: SecurityOptions,
): ChannelSecurity {
  if (given !== undefined) return { credentials: given, options: {} };
  const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  if (tls === undefined && (insecure || isLoopback(host))) {
    return { credentials: credentials.createInsecure(), options: {} };
  }
  const { ca, certificate, serverName = host } = tls ?? {};
  // TLS asks for a server by its name, which no IP address is.
  const options = { 'grpc.ssl_target_name_override': isIP(serverName) === 0 ? serverName : 'localhost' };
  if (certificate !== undefined) return { credentials: pinned(Buffer.from(certificate)), options };
  const checkIdentity = (_name: string, shown: PeerCertificate) => checkServerIdentity(serverName, shown);
  const authorities = ca === undefined ? null : Buffer.from(ca);
  return {
    credentials: credentials.createSsl(authorities, null, null, { checkServerIdentity: checkIdentity }),
    options,
  };
}

function pinned(certificate: Buffer): ChannelCredentials {
  const own = new X509Certificate(certificate);
  // Since Node 20.18: a certificate may be trusted itself, not only as an authority.
  const trusted: SecureContextOptions & { readonly allowPartialTrustChain: boolean } = {
    ca: certificate,
    allowPartialTrustChain: true,
  };
  return credentials.createFromSecureContext(createSecureContext(trusted), {
    checkServerIdentity: (_name, { raw }) => (own.raw.equals(raw) ? undefined : new Error('it is another certificate')),
  });
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1' || host === '0:0:0:0:0:0:0:1';
}
