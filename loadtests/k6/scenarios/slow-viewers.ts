/** Beside viewers that stopped reading (a process of its own, which the runner starts) the others see what they ever see. */
import { steadyArrivals } from '../lib/arrivals.ts';
import { connect, newClient, statusWhere } from '../lib/cluster.ts';
import { generate, usualRequest } from '../lib/generate.ts';
import { type AtStart, atStart, lookAtMemory } from '../lib/growth.ts';
import * as metrics from '../lib/metrics.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf, offered } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({
  time_to_first_preview: 3_000,
  preview_gap: 1_500,
  stalled_streams: 0,
});
/** An event may stay unread for 30 s, and the status after it for 10 s more. */
const forMs = durationMs(60);

export const options = scenarioOptions(
  {
    users: steadyArrivals(offered(0.3), forMs, { exec: 'user' }),
    memory: steadyArrivals(0.5, forMs, { exec: 'memory' }),
    after: { executor: 'per-vu-iterations', vus: 1, iterations: 1, exec: 'after', startTime: `${forMs}ms` },
  },
  {
    tessera_failed: ['rate==0'],
    tessera_time_to_first_preview: [`p(95)<${limits.time_to_first_preview}`],
    tessera_preview_gap: [`p(95)<${limits.preview_gap}`],
    tessera_stalled_streams: [`value<=${limits.stalled_streams}`],
  },
);

const client = newClient();

export const setup = () => atStart(client);

export const user = () => counted(() => generate(client, usualRequest()));

export const memory = (before: AtStart) => counted(() => lookAtMemory(client, before));

const OTHERS_END_MS = 10_000;

/** Once those that read have ended, only streams of those that do not are left. */
export const after = () =>
  counted(async () => {
    connect(client);
    const status = await statusWhere(client, (now) => streams(now) === 0, OTHERS_END_MS);
    metrics.stalledStreams.add(streams(status));
    client.close();
  });

function streams({ gateways }: Awaited<ReturnType<typeof statusWhere>>): number {
  return gateways
    .flatMap(({ ledger }) => ledger.filter(({ kind }) => kind === 'streams'))
    .reduce((sum, { taken, released }) => sum + Number(taken) - Number(released), 0);
}
