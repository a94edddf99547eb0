import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '@tessera/client';
import { type KeyedTenant, keyedTenant, writeKeyFile } from '../../support/api-keys.js';
import { startCluster } from '../../support/cluster.js';
import { percentile } from '../../support/percentile.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import type { AcceptancePoint } from '../point.js';
import { Flood, oneAtATime, type Waits } from './tenant-load.js';

const STEPS = 20;
const FLOOD = 200;
const KEYS = 50;
const REQUESTS = 20;
/** Longer than the gateway takes to read changed keys. */
const KEYS_READ_MS = 2_500;
const SHARES_MS = 20_000;
/** Floods of the shares must outlast their measurement. */
const SHARE_STEPS = 60;
const SHARE_LIMIT = 0.05;
const JAIN_LIMIT = 0.98;

interface Shares {
  readonly weights: readonly [number, number];
  readonly evaluations: readonly [number, number];
  /** How far the first tenant's share is from its weight's, as a part of the latter. */
  readonly off: number;
  /** Jain, Chiu, Hawe (DEC-TR-301, 1984), over evaluations a unit of weight. */
  readonly jain: number;
}

export const fairnessPoint: AcceptancePoint = {
  id: 'engine.3',
  title: 'a tenant that floods does not hold up another, and shares follow the weights',
  run: async (seed) => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'keys.yaml');
    const [flooding, single] = [keyedTenant('flooding', 1, KEYS), keyedTenant('single')];
    await writeKeyFile(file, [flooding, single]);
    await using cluster = await startCluster(['--api-keys', file]);
    const { address } = cluster;
    const client = connect({ address, apiKey: single.keys[0] });
    try {
      const load = { requests: REQUESTS, steps: STEPS, seed };
      // What is cold the first time.
      await oneAtATime(client, { ...load, requests: 2 });
      const alone = await oneAtATime(client, load);
      const beside = async (tenant: KeyedTenant, idempotencyKeys?: number) => {
        const flood = new Flood(address, tenant, {
          requests: FLOOD,
          steps: idempotencyKeys === undefined ? STEPS : STEPS * (FLOOD / idempotencyKeys),
          seed,
          ...(idempotencyKeys !== undefined && { idempotencyKeys }),
        });
        try {
          await delay(1_000);
          const waits = await oneAtATime(client, load);
          if (flood.failures.length > 0) throw flood.failures[0];
          return waits;
        } finally {
          await flood.stop();
        }
      };
      const oneKey = await beside({ ...flooding, keys: flooding.keys.slice(0, 1) });
      const manyKeys = await beside(flooding, KEYS);
      const even = await sharesOf(address, [flooding, single], seed);
      await writeKeyFile(file, [{ ...flooding, weight: 3 }, single]);
      await delay(KEYS_READ_MS);
      const weighted = await sharesOf(address, [{ ...flooding, weight: 3 }, single], seed);

      const stepMs = percentile(alone.wholeMs, 0.5) / STEPS;
      const limitMs = 2 * percentile(alone.wholeMs, 0.95) + stepMs;
      const measured = { oneKey: p95(oneKey), manyKeys: p95(manyKeys) };
      const shares = [even, weighted];
      return {
        value: { alone: p95(alone), besideFlood: measured, shares, requests: REQUESTS, steps: STEPS },
        limit: { wholeMs: limitMs, off: SHARE_LIMIT, jain: JAIN_LIMIT },
        pass:
          Object.values(measured).every(({ wholeMs }) => wholeMs <= limitMs) &&
          shares.every(({ off, jain }) => off <= SHARE_LIMIT && jain >= JAIN_LIMIT),
      };
    } finally {
      client.close();
    }
  },
};

function p95({ wholeMs, firstStepMs }: Waits) {
  return { wholeMs: percentile(wholeMs, 0.95), firstStepMs: percentile(firstStepMs, 0.95) };
}

/** Evaluations of two tenants that both have more to do than there is room for. */
async function sharesOf(address: string, tenants: readonly [KeyedTenant, KeyedTenant], seed: number): Promise<Shares> {
  const floods = tenants.map((tenant) => new Flood(address, tenant, { requests: FLOOD / 4, steps: SHARE_STEPS, seed }));
  try {
    await delay(2_000);
    const before = floods.map(({ evaluations }) => evaluations);
    await delay(SHARES_MS);
    const [first = 0, second = 0] = floods.map(({ evaluations }, index) => evaluations - (before[index] ?? 0));
    const weights = [tenants[0].weight, tenants[1].weight] as const;
    const fair = weights[0] / (weights[0] + weights[1]);
    const [x, y] = [first / weights[0], second / weights[1]];
    return {
      weights,
      evaluations: [first, second],
      off: Math.abs(first / (first + second) - fair) / fair,
      jain: (x + y) ** 2 / (2 * (x ** 2 + y ** 2)),
    };
  } finally {
    await Promise.all(floods.map((flood) => flood.stop()));
  }
}
