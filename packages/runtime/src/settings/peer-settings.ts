import { defineSettings, optional, setting } from './definition.js';
import { boolean, path, string } from './value-types.js';

/** How the processes of a cluster know each other. */
export const PEER_SETTINGS = defineSettings({
  peerCert: optional(
    path,
    'certificate of this process for the others of the cluster, PEM; read again when it changes, as the next two',
  ),
  peerKey: optional(path, 'its private key, PEM'),
  peerCa: optional(path, 'who signs the certificates of the cluster, PEM'),
  peerDomain: setting(
    string,
    'what follows the role in the names of certificates: gateway.DOMAIN, denoiser.DOMAIN',
    'tessera.internal',
  ),
  insecure: setting(boolean, 'plain text beyond loopback, and no keys', false),
});
