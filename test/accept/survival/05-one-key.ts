import { connect } from '@tessera/client';
import { type DurableCluster, startDurableCluster } from '../../support/durable-cluster.js';
import { viewed } from '../../support/viewed.js';
import type { AcceptancePoint } from '../point.js';

const AT_ONCE = 50;
const STEPS = 20;

export const oneKeyPoint: AcceptancePoint = {
  id: 'survival.5',
  title:
    'one idempotency key fifty times at once over two gateways, and again after a gateway was killed: one execution',
  run: async (seed) => {
    await using durable = await startDurableCluster();
    const { cluster } = durable;
    const clients = Array.from({ length: AT_ONCE }, (_, i) =>
      connect({ address: cluster.addresses[i % cluster.addresses.length] ?? '' }),
    );
    const request = { prompt: 'a red apple', steps: STEPS, guidanceScale: 4, idempotencyKey: `key ${seed}` };
    const before = await evaluations(durable);
    const views = await Promise.all(clients.map((client) => viewed(client, request)));
    for (const client of clients) client.close();
    const made = (await evaluations(durable)) - before;
    const [victim] = cluster.gateways;
    if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
    await durable.whole();
    const again = await viewed(durable.client, request);
    const otherBody = await viewed(durable.client, { ...request, prompt: 'a green apple' });
    const answers = new Set([...views, again].map(answerOf));
    const ids = new Set([...views, again].flatMap(({ events }) => events.map(({ generationId }) => generationId)));
    const madeInAll = (await evaluations(durable)) - before;
    return {
      value: {
        answers: answers.size,
        ids: ids.size,
        evaluations: made,
        afterRestart: madeInAll,
        other: otherBody.failure,
      },
      limit: { answers: 1, ids: 1, evaluations: 2 * STEPS, other: 'invalid_argument' },
      pass:
        answers.size === 1 &&
        ids.size === 1 &&
        made === 2 * STEPS &&
        madeInAll === made &&
        otherBody.failure?.startsWith('invalid_argument') === true,
    };
  },
};

/** What is durable of an answer: all of it but the pictures in between. */
function answerOf({ events }: { events: readonly { type: string }[] }): string {
  return JSON.stringify(events.filter(({ type }) => !['queued', 'progress', 'preview'].includes(type)));
}

async function evaluations({ client }: DurableCluster): Promise<number> {
  const { workers } = await client.status();
  return workers
    .filter(({ stage }) => stage === 'denoiser')
    .reduce((sum, worker) => sum + worker.evaluationsStarted, 0);
}
