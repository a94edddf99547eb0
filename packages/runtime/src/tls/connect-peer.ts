import { connectChannel, type ServiceChannel } from '../rpc/channel.js';
import type { PeerRole } from './peer-names.js';
import { type Peers, peerChannel } from './peers.js';

/** Opens a channel to a process in this role; in plain text where there are no peers. */
export function connectPeer(address: string, role: PeerRole, peers: Peers | undefined): ServiceChannel {
  if (peers === undefined) return connectChannel(address);
  const { credentials, options } = peerChannel(peers, role);
  return connectChannel(address, options, credentials);
}
