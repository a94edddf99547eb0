/** What the runner tells a script. k6 scripts have their environment and nothing else. */
const { TESSERA_ADDRESS, TESSERA_PROTO, TESSERA_LOADTEST = '{}' } = __ENV;

interface Told {
  /** Milliseconds of load. */
  readonly durationMs?: number;
  /** Generations a second of the usual size that the cluster makes when it is full. */
  readonly capacity?: number;
  /** Generations a second that the scenario offers, in place of its share of the capacity. */
  readonly rate?: number;
  /** Limits in place of the scenario's own, by name. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Keys of tenants, in the scenario's order; none where the cluster asks for none. */
  readonly apiKeys?: readonly string[];
  /** Who signs the gateway's certificate, PEM; plain text without it. */
  readonly ca?: string;
}

const told: Told = JSON.parse(TESSERA_LOADTEST);

/** `host:port` of the gateway. */
export const address = TESSERA_ADDRESS ?? '127.0.0.1:8470';
/** Folder of the .proto files, from this folder. */
export const protoFolder = TESSERA_PROTO ?? '../../../proto';
export const apiKeys = told.apiKeys ?? [];
export const { ca } = told;

/** @param usualS of the scenario when nobody says otherwise. */
export function durationMs(usualS: number): number {
  return told.durationMs ?? 1000 * usualS;
}

/**
 * Generations a second to offer.
 *
 * @param share of the cluster's capacity.
 * @throws Error when neither a rate nor the capacity was told.
 */
export function offered(share: number): number {
  if (told.rate !== undefined) return told.rate;
  if (told.capacity === undefined) throw new Error('neither a rate nor the capacity of the cluster was told');
  return share * told.capacity;
}

/**
 * The scenario's limits, with those that were told in their place.
 *
 * @throws Error naming a limit that the scenario does not have.
 */
export function limitsOf<const Name extends string>(usual: Readonly<Record<Name, number>>): Record<Name, number> {
  const limits: Record<string, number> = { ...usual };
  for (const [name, value] of Object.entries(told.limits ?? {})) {
    if (!(name in limits)) {
      throw new Error(`there is no limit ${name} here; there are ${Object.keys(limits).join(', ')}`);
    }
    limits[name] = value;
  }
  return limits as Record<Name, number>;
}
