import { connect, type TesseraClient } from '@tessera/client';
import { startCluster } from '../support/cluster.js';
import { percentile } from '../support/percentile.js';
import type { Figure } from './figure.js';

const REQUESTS = 40;
const STEPS = [4, 8, 20] as const;
/** Shorter waits are of no interest to anybody. */
const LEAST_WAIT_MS = 1_000;

/**
 * How far the time that a waiting generation is told was off: of everything
 * that 40 requests of different lengths, sent at once, hear until they start.
 */
export async function estimateFigures(): Promise<readonly Figure[]> {
  await using cluster = await startCluster(['--log-level', 'warn']);
  const client = connect({ address: cluster.address });
  try {
    // The pace of this machine is learnt from work.
    await estimatesOf(client, REQUESTS / 2);
    const off = await estimatesOf(client, REQUESTS);
    return [0.5, 0.95].map((share) => ({
      name: `time until the start: |told − real| / real, p${100 * share}`,
      ratio: percentile(off, share),
      of: `${off.length} times told to ${REQUESTS} generations`,
    }));
  } finally {
    client.close();
  }
}

async function estimatesOf(client: TesseraClient, requests: number): Promise<readonly number[]> {
  const off = await Promise.all(
    Array.from({ length: requests }, async (_, index) => {
      const told: { readonly atMs: number; readonly remainingMs: number }[] = [];
      let startedAtMs = 0;
      const request = { prompt: 'a red apple', seed: index, steps: STEPS[index % STEPS.length] as number };
      for await (const event of client.generate(request)) {
        const atMs = performance.now();
        if (event.type === 'queued' && event.position > 0) told.push({ atMs, remainingMs: event.remainingMs });
        if (event.type === 'started') startedAtMs = atMs;
      }
      return told
        .map(({ atMs, remainingMs }) => ({ remainingMs, realMs: startedAtMs - atMs }))
        .filter(({ realMs }) => realMs >= LEAST_WAIT_MS)
        .map(({ remainingMs, realMs }) => Math.abs(remainingMs - realMs) / realMs);
    }),
  );
  return off.flat();
}
