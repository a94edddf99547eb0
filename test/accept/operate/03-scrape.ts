import { missingSamples, placesThatTell, silentMetrics } from '../../support/complaints-of-telemetry.js';
import { queriesOfChart } from '../../support/monitoring.js';
import { observeLoad } from '../../support/observed-cluster.js';
import type { AcceptancePoint } from '../point.js';

export const scrapePoint: AcceptancePoint = {
  id: 'operate.3',
  title: 'every metric of the dashboard and the alerts has samples under load; prompts are told nowhere',
  run: async (seed) => {
    const secret = `zanzibar-${seed}`;
    const observed = await observeLoad(secret);
    const missing = [...missingSamples(observed), ...silentMetrics(observed)];
    const leaks = placesThatTell(observed, secret);
    return {
      value: {
        queries: queriesOfChart().length,
        processes: observed.samples.size,
        endings: new Set(Object.values(observed.endings)).size,
        missing,
        leaks,
      },
      limit: { missing: [], leaks: [] },
      pass: missing.length === 0 && leaks.length === 0,
    };
  },
};
