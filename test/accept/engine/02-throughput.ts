import { measureThroughput } from '../../bench/engine-throughput.js';
import type { AcceptancePoint } from '../point.js';

const RATIO_LIMIT = 0.95;
const BUSY_LIMIT = 0.95;

export const throughputPoint: AcceptancePoint = {
  id: 'engine.2',
  title: '16 generations in flight run as fast as bare sessions, and the denoiser never waits while work does',
  run: async () => {
    const measured = await measureThroughput(1);
    return {
      value: measured,
      limit: { ratio: RATIO_LIMIT, busy: BUSY_LIMIT },
      pass: measured.ratio >= RATIO_LIMIT && measured.busy >= BUSY_LIMIT,
    };
  },
};
