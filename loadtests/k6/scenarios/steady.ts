/** What users see when the cluster has enough to do and not too much. */
import { steadyArrivals } from '../lib/arrivals.ts';
import { newClient } from '../lib/cluster.ts';
import { generate, usualRequest } from '../lib/generate.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs, limitsOf, offered } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

const limits = limitsOf({ time_to_first_preview: 3_000, preview_gap: 1_500, total: 8_000 });

export const options = scenarioOptions(
  { users: steadyArrivals(offered(0.6), durationMs(60), { exec: 'user' }) },
  {
    tessera_failed: ['rate==0'],
    tessera_time_to_first_preview: [`p(95)<${limits.time_to_first_preview}`],
    tessera_preview_gap: [`p(95)<${limits.preview_gap}`],
    tessera_total: [`p(95)<${limits.total}`],
    // What k6 itself could not send in time would flatter all others.
    dropped_iterations: ['count==0'],
  },
);

const client = newClient();

export const user = () => counted(() => generate(client, usualRequest()));
