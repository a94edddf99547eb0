import { measureTelemetry } from '../../bench/telemetry-overhead.js';
import type { AcceptancePoint } from '../point.js';

const LEAST_RATIO = 0.98;

export const telemetryOverheadPoint: AcceptancePoint = {
  id: 'operate.7',
  title: 'metrics that are scraped and traces of everything cost at most 2 % of throughput',
  run: async () => {
    const overhead = await measureTelemetry();
    return {
      value: overhead,
      limit: { ratio: LEAST_RATIO },
      pass: overhead.ratio >= LEAST_RATIO && overhead.spans > 0,
    };
  },
};
