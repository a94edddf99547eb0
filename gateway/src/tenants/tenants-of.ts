import type { Logger } from '@tessera/runtime';
import { followKeyFile, readKeyFile } from './key-file.js';
import type { KeyRing } from './key-ring.js';
import { DEFAULT_TENANT, Tenants } from './tenants.js';

/**
 * Who may call, by a file of keys that is followed until the signal is aborted.
 *
 * @param file without one everybody is one tenant.
 * @param supervisorKeySha256 of the key with which a supervisor asks how the cluster is.
 * @throws TesseraError `invalid_argument` when the file cannot be used.
 */
export function tenantsOf(
  file: string | undefined,
  supervisorKeySha256: string | undefined,
  signal: AbortSignal,
  log: Logger,
): Tenants {
  if (file === undefined) return new Tenants();
  const whole = (ring: KeyRing) =>
    supervisorKeySha256 === undefined ? ring : ring.with(DEFAULT_TENANT, supervisorKeySha256);
  const tenants = new Tenants(whole(readKeyFile(file)));
  followKeyFile(
    file,
    (ring) => {
      tenants.use(whole(ring));
      log.info('read the API keys again');
    },
    (thrown) => log.error('cannot use the changed API keys; those before stay in force', thrown),
    signal,
  );
  return tenants;
}
