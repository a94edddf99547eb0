import { X509Certificate } from 'node:crypto';

/** Who takes part in a cluster, as certificates say it; `monitor` reads metrics. */
export type PeerRole = 'gateway' | 'text-encoder' | 'denoiser' | 'denoiser-part' | 'decoder' | 'monitor';

/** The DNS name that a process in this role shows, whatever address it has: `denoiser.tessera.internal`. */
export function peerName(role: PeerRole, domain: string): string {
  return `${role}.${domain}`;
}

/**
 * Whether a certificate is for this name. A wildcard is for none: it would let
 * any process stand for every other.
 *
 * @param certificate DER.
 */
export function isFor(certificate: Uint8Array, name: string): boolean {
  const told = new X509Certificate(certificate).checkHost(name, { subject: 'never', wildcards: false });
  return told !== undefined;
}
