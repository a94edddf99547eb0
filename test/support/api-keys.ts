import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type KeyRing, parseKeyRing } from '@tessera/gateway';

/** A tenant with keys of its own. */
export interface KeyedTenant {
  readonly tenant: string;
  readonly weight: number;
  readonly keys: readonly string[];
}

export function keyedTenant(tenant: string, weight = 1, keys = 1): KeyedTenant {
  return { tenant, weight, keys: Array.from({ length: keys }, () => randomBytes(24).toString('base64url')) };
}

/** Writes what `--api-keys` reads. */
export async function writeKeyFile(file: string, tenants: readonly KeyedTenant[]): Promise<void> {
  const lines = entriesOf(tenants).map((entry) => `- ${JSON.stringify(entry)}\n`);
  await writeFile(file, lines.join(''));
}

export function keyRingOf(tenants: readonly KeyedTenant[]): KeyRing {
  return parseKeyRing(entriesOf(tenants));
}

function entriesOf(tenants: readonly KeyedTenant[]) {
  return tenants.flatMap(({ tenant, weight, keys }) =>
    keys.map((key) => ({ tenant, key_sha256: createHash('sha256').update(key).digest('hex'), weight: String(weight) })),
  );
}
