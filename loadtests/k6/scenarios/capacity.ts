/** What the cluster makes when it is full: so many at a time, the next when one has ended. */
import { newClient } from '../lib/cluster.ts';
import { generate, usualRequest } from '../lib/generate.ts';
import { counted, scenarioOptions } from '../lib/scenario.ts';
import { durationMs } from '../lib/settings.ts';

export { handleSummary } from '../lib/scenario.ts';

/** More than the batches of a few denoisers. */
const AT_A_TIME = 16;

export const options = scenarioOptions(
  {
    // What is under way at the end does not count: it belongs to the time after.
    full: {
      executor: 'constant-vus',
      vus: AT_A_TIME,
      duration: `${durationMs(15)}ms`,
      gracefulStop: '0s',
      exec: 'user',
    },
  },
  { tessera_failed: ['rate==0'], tessera_completed: ['count>0'] },
);

const client = newClient();

export const user = () => counted(() => generate(client, usualRequest()));
