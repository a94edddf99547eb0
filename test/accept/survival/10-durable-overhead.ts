import { measureDurableOverhead } from '../../bench/durable-overhead.js';
import type { AcceptancePoint } from '../point.js';

const MOST_RATIO = 1.05;

export const durableOverheadPoint: AcceptancePoint = {
  id: 'survival.10',
  title:
    'what durability costs, alone and with sixteen in flight: time of the same generations against those in memory',
  run: async () => {
    const value = (await measureDurableOverhead()).map((one) => ({ ...one, ratio: one.durableMs / one.memoryMs }));
    return { value, limit: { ratio: MOST_RATIO }, pass: value.every(({ ratio }) => ratio <= MOST_RATIO) };
  },
};
