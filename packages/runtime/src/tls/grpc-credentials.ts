import { type ChannelCredentials, experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { CertificateContents } from './certificate-files.js';
import type { Certificates } from './certificates.js';

/**
 * What a gRPC server shows, and again whenever it changes.
 *
 * @param asksForOne whether a client has to show a certificate by the same authorities.
 */
export function serverCredentials(certificates: Certificates, asksForOne: boolean): ServerCredentials {
  const provider = new FollowingProvider(certificates);
  // Its declaration names the first of them the authorities', and takes it for the identity's (1.14).
  return experimental.createCertificateProviderServerCredentials(provider, asksForOne ? provider : null, asksForOne);
}

/**
 * What a gRPC client shows and trusts; each new connection takes what is in force.
 *
 * @param check judges the server's certificate once it is known to be by the authorities; an error refuses it.
 */
export function channelCredentials(
  certificates: Certificates,
  check: (certificate: Buffer) => Error | undefined,
): ChannelCredentials {
  const provider = new FollowingProvider(certificates);
  return experimental.createCertificateProviderChannelCredentials(provider, provider, {
    checkServerIdentity: (_host, { raw }) => check(raw),
  });
}

/**
 * The one place that knows the experimental side of grpc-js. Its own
 * FileWatcherCertificateProvider (1.14) passes on a certificate beside the key
 * of another, read while files are replaced, and refuses connections until the
 * next look; this one passes on what was found to belong together.
 */
class FollowingProvider implements experimental.CertificateProvider {
  readonly #certificates: Certificates;
  readonly #endings = new Map<unknown, () => void>();

  constructor(certificates: Certificates) {
    this.#certificates = certificates;
  }

  addCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#add(listener, ({ ca }) => listener(ca === undefined ? null : { caCertificate: ca }));
  }

  removeCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#remove(listener);
  }

  addIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#add(listener, ({ certificate, key }) => listener({ certificate, privateKey: key }));
  }

  removeIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#remove(listener);
  }

  #add(listener: unknown, tell: (contents: CertificateContents) => void): void {
    this.#endings.set(listener, this.#certificates.onChange(tell));
    // A server hears nothing that it is told while it adds its listener.
    process.nextTick(() => tell(this.#certificates.current));
  }

  #remove(listener: unknown): void {
    this.#endings.get(listener)?.();
    this.#endings.delete(listener);
  }
}
