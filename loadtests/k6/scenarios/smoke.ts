/** Whether a cluster works: a burst, a few users, some who leave, some who ask for what cannot be. */

import { steadyArrivals } from '../lib/arrivals.ts';
import { ask, connect, delay, newClient } from '../lib/cluster.ts';
import { follow } from '../lib/follow.ts';
import { generate, usualRequest } from '../lib/generate.ts';
import * as metrics from '../lib/metrics.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({
  time_to_first_preview: 10_000,
  preview_gap: 1_500,
  total: 15_000,
  refusal_latency: 500,
});
const forMs = durationMs(20);
const BURST = 16;
const BURST_STEPS = 4;
/** A generation that takes longer than this is lost. */
const LOST_MS = 20_000;

export const options = scenarioOptions(
  {
    burst: { executor: 'per-vu-iterations', vus: BURST, iterations: 1, exec: 'burst', gracefulStop: '30s' },
    users: steadyArrivals(0.3, forMs, { exec: 'user' }),
    leavers: steadyArrivals(0.5, forMs, { exec: 'leaver' }),
    impossible: steadyArrivals(0.5, forMs, { exec: 'impossible' }),
  },
  {
    tessera_failed: ['rate==0'],
    tessera_time_to_first_preview: [`p(95)<${limits.time_to_first_preview}`],
    tessera_preview_gap: [`p(95)<${limits.preview_gap}`],
    tessera_total: [`p(95)<${limits.total}`],
    tessera_refusal_latency: [`p(95)<${limits.refusal_latency}`],
  },
);

const client = newClient();

export const burst = () =>
  counted(() => generate(client, { ...usualRequest(), steps: String(BURST_STEPS) }, { timeoutMs: LOST_MS }));

export const user = () => counted(() => generate(client, usualRequest(), { timeoutMs: LOST_MS }));

/** Begins a long one, and stops it. */
export const leaver = () =>
  counted(async () => {
    connect(client);
    let generationId = '';
    const stream = follow(
      client,
      { ...usualRequest(), steps: '200' },
      { timeoutMs: LOST_MS, onEvent: (event) => (generationId = event.generationId) },
    );
    await delay(300 + 500 * Math.random());
    await ask(client, 'Cancel', { generationId });
    const { end, text } = await stream;
    metrics.failed.add(end !== 'cancelled');
    if (end !== 'cancelled') console.error(`a cancelled generation ended ${end}: ${text}`);
    metrics.stopped.add(1);
    client.close();
  });

/** A value out of bounds; more steps than the time allows. */
export const impossible = () =>
  counted(async () => {
    connect(client);
    for (const request of [{ steps: '0' }, { steps: '1000', timeLimit: '1s' }]) {
      const { end, text, totalMs } = await follow(client, { ...usualRequest(), ...request }, { timeoutMs: LOST_MS });
      metrics.refusalLatency.add(totalMs);
      if (end === 'refused') metrics.refused.add(1);
      else console.error(`what cannot be done ended ${end}: ${text}`);
    }
    client.close();
  });
