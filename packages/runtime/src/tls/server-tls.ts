import type { ServerCredentials, ServerInterceptor } from '@grpc/grpc-js';
import type { Certificates } from './certificates.js';
import { serverCredentials } from './grpc-credentials.js';
import { onlyPeers } from './peer-interceptor.js';
import { type PeerRole, peerName } from './peer-names.js';
import type { Peers } from './peers.js';

/** How a server shows who it is, and whom it lets in. */
export interface ServerTls {
  readonly credentials: ServerCredentials;
  /** Of every call, before all others. */
  readonly interceptors: readonly ServerInterceptor[];
}

/** For anybody: who calls is told by other means. */
export function tlsForAll(certificates: Certificates): ServerTls {
  return { credentials: serverCredentials(certificates, false), interceptors: [] };
}

/** For processes of the cluster in these roles alone. */
export function tlsForPeer({ certificates, domain }: Peers, roles: readonly PeerRole[]): ServerTls {
  const names = roles.map((role) => peerName(role, domain));
  return { credentials: serverCredentials(certificates, true), interceptors: [onlyPeers(names)] };
}
