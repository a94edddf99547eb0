export { type CertificateContents, type CertificateFiles, readCertificates } from './certificate-files.js';
export { Certificates, followCertificates } from './certificates.js';
export { connectPeer } from './connect-peer.js';
export { assertOnLoopback, type PlainText } from './guards.js';
export { type PeerRole, peerName } from './peer-names.js';
export { type PeerChannel, type PeerFiles, type Peers, peerChannel, peersOf } from './peers.js';
export { type ServerTls, tlsForAll, tlsForPeer } from './server-tls.js';
