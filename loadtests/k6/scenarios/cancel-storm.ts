/** Waves of generations that are all stopped at one moment, by Cancel, by deadline and by a closed connection. */

import { steadyArrivals } from '../lib/arrivals.ts';
import { newClient } from '../lib/cluster.ts';
import { follow } from '../lib/follow.ts';
import { record, usualRequest } from '../lib/generate.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf } from '../lib/settings.ts';
import { cancelWave } from '../lib/wave.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({
  cancel_to_idle: 500,
  /** One of the two runs that a denoiser has been handed is under way, and cannot be stopped. */
  ran_after_cancel: 0.75,
  time_to_first_preview: 2_000,
});
/** Each is followed by calm, in which the counters of the workers arrive. */
const WAVES_A_SECOND = 1 / 6;
const LOST_MS = 15_000;

export const options = scenarioOptions(
  { waves: steadyArrivals(WAVES_A_SECOND, durationMs(60), { exec: 'wave', atOnce: 1 }) },
  {
    tessera_cancel_to_idle: [`p(95)<${limits.cancel_to_idle}`],
    tessera_ran_after_cancel: [`avg<${limits.ran_after_cancel}`],
    tessera_failed: ['rate==0'],
    tessera_time_to_first_preview: [`p(95)<${limits.time_to_first_preview}`],
  },
);

const staying = newClient();
const leaving = newClient();

export const wave = () =>
  counted(async () => {
    await cancelWave({ staying, leaving });
    // Who comes next is served as ever.
    record(await follow(staying, usualRequest(), { timeoutMs: LOST_MS }));
    staying.close();
  });
