/** More and more, to four times of what the cluster can do: it refuses at once, and goes on doing what it can. */
import { changingArrivals } from '../lib/arrivals.ts';
import { newClient } from '../lib/cluster.ts';
import { generate, usualRequest } from '../lib/generate.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf, offered } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({
  refusal_latency: 500,
  /** Of what it makes when it is just full. */
  goodput: 0.6,
  /** Forecasts are of a machine that goes on as it went. */
  late: 0.25,
});
const forMs = durationMs(90);
const TIME_LIMIT_S = 5;
const full = offered(1);
const RISE = 2 / 3;

export const options = scenarioOptions(
  {
    users: changingArrivals(
      0.5 * full,
      [
        { aSecond: 4 * full, afterMs: RISE * forMs },
        { aSecond: 4 * full, afterMs: (1 - RISE) * forMs },
      ],
      { exec: 'user' },
    ),
  },
  {
    tessera_failed: ['rate==0'],
    tessera_refused: ['count>0'],
    tessera_refusal_latency: [`p(99)<${limits.refusal_latency}`],
    tessera_completed: [`count>${Math.round((limits.goodput * full * forMs) / 1000)}`],
    tessera_late: [`count<${Math.max(1, Math.round((limits.late * full * forMs) / 1000))}`],
  },
);

const client = newClient();

export const user = () =>
  counted(() => generate(client, { ...usualRequest(), timeLimit: `${TIME_LIMIT_S}s` }, { mayBeRefused: true }));
