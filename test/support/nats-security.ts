import type { CertificateFiles } from '@tessera/runtime';
import { nkeys } from 'nats';

/** What a gateway may do in NATS, and nothing else: as the chart has it. */
export const GATEWAY_PERMISSIONS =
  'publish: ["tessera.>", "$JS.API.>", "_INBOX.>"], subscribe: ["tessera.>", "_INBOX.>"]';

export interface NatsUser {
  readonly publicKey: string;
  readonly seed: string;
}

export function natsUser(): NatsUser {
  const pair = nkeys.createUser();
  return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}

/** Lines of a nats-server's configuration: TLS for all, and these users. */
export function securedNats({ certificate, key }: CertificateFiles, gateways: readonly NatsUser[]): readonly string[] {
  const users = gateways.map(({ publicKey }) => `{ nkey: ${publicKey}, permissions: { ${GATEWAY_PERMISSIONS} } }`);
  return [`tls { cert_file: "${certificate}", key_file: "${key}" }`, `authorization { users: [${users.join(', ')}] }`];
}
