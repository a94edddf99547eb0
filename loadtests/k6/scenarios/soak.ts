/** Half of what the cluster can do, for long: nothing grows, nothing gets slower, everything is given back. */
import { steadyArrivals } from '../lib/arrivals.ts';
import { connect, isIdle, newClient, statusWhere } from '../lib/cluster.ts';
import { generate, usualRequest } from '../lib/generate.ts';
import { type AtStart, atStart, lookAtMemory } from '../lib/growth.ts';
import * as metrics from '../lib/metrics.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf, offered } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({
  time_to_first_preview: 3_000,
  total: 8_000,
  cancel_to_idle: 30_000,
  gateway_growth_mib: 256,
});
const forMs = durationMs(30 * 60);
/** What is under way when the load ends. */
const IDLE_LIMIT_MS = 60_000;

export const options = scenarioOptions(
  {
    users: steadyArrivals(offered(0.5), forMs, { exec: 'user' }),
    memory: steadyArrivals(0.2, forMs, { exec: 'memory' }),
    calm: {
      executor: 'per-vu-iterations',
      ...{ vus: 1, iterations: 1, exec: 'calm' },
      startTime: `${forMs}ms`,
    },
  },
  {
    tessera_failed: ['rate==0'],
    tessera_time_to_first_preview: [`p(95)<${limits.time_to_first_preview}`],
    tessera_total: [`p(95)<${limits.total}`],
    tessera_gateway_growth_mib: [`max<${limits.gateway_growth_mib}`],
    tessera_cancel_to_idle: [`max<${limits.cancel_to_idle}`],
    dropped_iterations: ['count==0'],
  },
);

const client = newClient();

export const setup = () => atStart(client);

export const user = () => counted(() => generate(client, usualRequest()));

export const memory = (before: AtStart) => counted(() => lookAtMemory(client, before));

/** Until the cluster holds nothing any more. */
export const calm = () =>
  counted(async () => {
    connect(client);
    const beganMs = Date.now();
    const status = await statusWhere(client, isIdle, IDLE_LIMIT_MS);
    metrics.cancelToIdle.add(isIdle(status) ? Date.now() - beganMs : IDLE_LIMIT_MS);
    client.close();
  });
