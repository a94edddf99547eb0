import { chaos } from '../../chaos/chaos.js';
import type { AcceptancePoint } from '../point.js';

const MINUTES = 10;

export const chaosPoint: AcceptancePoint = {
  id: 'survival.1',
  title: 'a random process killed or frozen every 5 s for ten minutes under load: every promise holds',
  run: async (seed) => {
    const held = await chaos({ minutes: MINUTES, seed });
    return {
      value: Object.fromEntries(held.map(({ promise, value }) => [promise, value])),
      limit: Object.fromEntries(held.map(({ promise, limit }) => [promise, limit])),
      pass: held.every(({ pass }) => pass),
    };
  },
};
