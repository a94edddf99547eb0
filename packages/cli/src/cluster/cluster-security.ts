import { readFileSync } from 'node:fs';
import type { SecurityOptions } from '@tessera/client';
import { TesseraError } from '@tessera/core';

/**
 * How a supervisor speaks to the gateways that it started: it knows their
 * certificate by its file.
 *
 * @param certificateFile of the gateways; without one they speak plain text.
 * @throws TesseraError `invalid_argument` when the file cannot be read.
 */
export function supervisorSecurity(certificateFile: string | undefined): SecurityOptions {
  if (certificateFile === undefined) return { insecure: true };
  try {
    return { tls: { certificate: readFileSync(certificateFile) } };
  } catch (thrown) {
    const text = `--tls-cert: ${(thrown as Error).message}`;
    throw new TesseraError('invalid_argument', text, { field: '--tls-cert', cause: thrown });
  }
}
