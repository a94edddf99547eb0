/** One tenant floods, another does its work beside it: each gets what it is due. */
import { steadyArrivals } from '../lib/arrivals.ts';
import { connect, delay, newClient } from '../lib/cluster.ts';
import { follow } from '../lib/follow.ts';
import { generate, usualRequest } from '../lib/generate.ts';
import * as metrics from '../lib/metrics.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({ fairness: 0.8, time_to_first_preview: 3_000 });
const forMs = durationMs(60);
const QUIET = 0;
const FLOODING = 1;
/** Generations at once. */
const OF_QUIET = 8;
const OF_FLOOD = 40;
/** Longer than the flood lasts. */
const STEPS = 1000;
/** Until both are at full pace. */
const BEGIN_MS = 3_000;
/** A user of the quiet tenant looks in while the flood is on, and before the tenant itself is full. */
const userFromMs = forMs / 2;

export const options = scenarioOptions(
  {
    shares: { executor: 'per-vu-iterations', vus: 1, iterations: 1, exec: 'shares' },
    flood: {
      executor: 'per-vu-iterations',
      ...{ vus: 1, iterations: 1, exec: 'flood', startTime: `${Math.round(userFromMs)}ms` },
    },
    user: steadyArrivals(0.3, forMs - userFromMs - BEGIN_MS, {
      ...{ exec: 'user', startTime: `${Math.round(userFromMs) + BEGIN_MS}ms` },
    }),
  },
  {
    tessera_failed: ['rate==0'],
    tessera_fairness: [`min>${limits.fairness}`],
    tessera_time_to_first_preview: [`p(95)<${limits.time_to_first_preview}`],
  },
);

const client = newClient();

/** Both have more to do than fits: the steps that each makes are counted. */
export const shares = () =>
  counted(async () => {
    connect(client);
    const steps = [0, 0];
    const streams = [...flooding(FLOODING, OF_FLOOD, steps), ...flooding(QUIET, OF_QUIET, steps)];
    await delay(BEGIN_MS);
    const [quietBefore = 0, floodBefore = 0] = steps;
    await delay(userFromMs - BEGIN_MS - CLOSE_MS);
    const [quiet = 0, flood = 0] = steps;
    const made = [quiet - quietBefore, flood - floodBefore];
    metrics.fairness.add(Math.min(...made) / ((made[QUIET] + made[FLOODING]) / 2));
    client.close();
    await Promise.all(streams);
  });

const CLOSE_MS = 1_000;

export const flood = () =>
  counted(async () => {
    connect(client);
    const streams = flooding(FLOODING, OF_FLOOD, [0, 0]);
    await delay(forMs - userFromMs);
    client.close();
    await Promise.all(streams);
  });

export const user = () => counted(() => generate(client, usualRequest(), { tenant: QUIET }));

function flooding(tenant: number, generations: number, steps: number[]): readonly Promise<unknown>[] {
  const request = { prompt: 'a red apple', steps: String(STEPS) };
  return Array.from({ length: generations }, () =>
    follow(client, request, {
      tenant,
      timeoutMs: 2 * forMs,
      onEvent: ({ progress }) => {
        if (progress !== undefined) steps[tenant] = (steps[tenant] ?? 0) + 1;
      },
    }),
  );
}
