/** More than the cluster can do for a sixth of the time: who is refused hears it at once, and then all is as before. */
import { steadyArrivals } from '../lib/arrivals.ts';
import { newClient } from '../lib/cluster.ts';
import { generate, usualRequest } from '../lib/generate.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf, offered } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({ refusal_latency: 500, total_after: 6_000 });
const forMs = durationMs(60);
const beforeMs = forMs / 3;
const spikeMs = forMs / 6;
const afterMs = forMs - beforeMs - spikeMs;
/** What was accepted in the spike has ended by then. */
const TIME_LIMIT_S = 5;
const usual = offered(0.4);

export const options = scenarioOptions(
  {
    before: steadyArrivals(usual, beforeMs, { exec: 'user', tags: { phase: 'before' } }),
    spike: steadyArrivals(10 * usual, spikeMs, {
      ...{ exec: 'user', tags: { phase: 'spike' } },
      startTime: `${Math.round(beforeMs)}ms`,
    }),
    after: steadyArrivals(usual, afterMs - 1000 * TIME_LIMIT_S, {
      ...{ exec: 'user', tags: { phase: 'after' } },
      startTime: `${Math.round(beforeMs + spikeMs) + 1000 * TIME_LIMIT_S}ms`,
    }),
  },
  {
    tessera_failed: ['rate==0'],
    tessera_refused: ['count>0'],
    tessera_refusal_latency: [`p(99)<${limits.refusal_latency}`],
    'tessera_total{phase:after}': [`p(95)<${limits.total_after}`],
  },
);

const client = newClient();

export const user = () =>
  counted(() => generate(client, { ...usualRequest(), timeLimit: `${TIME_LIMIT_S}s` }, { mayBeRefused: true }));
