import { createHash, timingSafeEqual } from 'node:crypto';
import { TesseraError } from '@tessera/core';

/** The share of a tenant for which nothing else is said. */
export const DEFAULT_WEIGHT = 1;

const MIN_WEIGHT = 0.01;
const MAX_WEIGHT = 1_000;
const MAX_TENANT_LENGTH = 128;
const FIELDS = ['tenant', 'key_sha256', 'weight'];

interface StoredKey {
  readonly tenant: string;
  readonly sha256: Buffer;
}

/** Whose keys there are. The keys themselves are nowhere: only their hashes. */
export class KeyRing {
  readonly #keys: readonly StoredKey[];
  readonly #weights: ReadonlyMap<string, number>;

  constructor(keys: readonly StoredKey[], weights: ReadonlyMap<string, number>) {
    this.#keys = keys;
    this.#weights = weights;
  }

  /** Takes as long for a key that is unknown as for one that is nearly right. */
  tenantOf(key: string): string | undefined {
    const sha256 = createHash('sha256').update(key).digest();
    let found: string | undefined;
    for (const stored of this.#keys) if (timingSafeEqual(stored.sha256, sha256)) found = stored.tenant;
    return found;
  }

  weightOf(tenant: string): number {
    return this.#weights.get(tenant) ?? DEFAULT_WEIGHT;
  }

  /** With one more key. */
  with(tenant: string, keySha256: string): KeyRing {
    return new KeyRing([...this.#keys, { tenant, sha256: Buffer.from(keySha256, 'hex') }], this.#weights);
  }
}

/**
 * A ring out of a list of `{tenant, key_sha256, weight?}`. A tenant may have
 * several keys, and has one weight.
 *
 * @param content as read from YAML.
 * @throws TesseraError `invalid_argument` that names the entry and what is wrong with it, never a hash.
 */
export function parseKeyRing(content: unknown): KeyRing {
  if (!Array.isArray(content)) throw refused('must be a list of {tenant, key_sha256, weight}');
  const keys: StoredKey[] = [];
  const weights = new Map<string, number>();
  for (const [index, entry] of content.entries()) {
    const at = `entry ${index + 1}`;
    const { tenant, keySha256, weight } = parseEntry(entry, at);
    const sha256 = Buffer.from(keySha256, 'hex');
    if (keys.some((known) => known.sha256.equals(sha256))) throw refused(`${at}: its key is listed twice`);
    keys.push({ tenant, sha256 });
    if (weight === undefined) continue;
    if ((weights.get(tenant) ?? weight) !== weight) throw refused(`${at}: ${tenant} has another weight before`);
    weights.set(tenant, weight);
  }
  return new KeyRing(keys, weights);
}

function parseEntry(entry: unknown, at: string) {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw refused(`${at} must be a mapping`);
  const unknown = Object.keys(entry).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw refused(`${at}: ${unknown} is not among ${FIELDS.join(', ')}`);
  const { tenant, key_sha256: keySha256, weight: written } = entry as Readonly<Record<string, unknown>>;
  if (typeof tenant !== 'string' || tenant === '' || tenant.length > MAX_TENANT_LENGTH) {
    throw refused(`${at}: tenant must be 1 to ${MAX_TENANT_LENGTH} characters`);
  }
  if (typeof keySha256 !== 'string' || !/^[0-9a-fA-F]{64}$/.test(keySha256)) {
    throw refused(`${at}: key_sha256 must be the sha256 of the key, 64 hex digits`);
  }
  const weight = written === undefined ? undefined : Number(written);
  if (weight !== undefined && !(weight >= MIN_WEIGHT && weight <= MAX_WEIGHT)) {
    throw refused(`${at}: weight must be from ${MIN_WEIGHT} to ${MAX_WEIGHT}`);
  }
  return { tenant, keySha256, weight };
}

function refused(why: string): TesseraError {
  return new TesseraError('invalid_argument', why, { field: 'api-keys' });
}
