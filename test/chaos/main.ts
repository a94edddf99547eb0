import { chaos } from './chaos.js';
import { holdPromises } from './hold-promises.js';

/** `npm run test:chaos -- [--minutes N] [--seed N]` */
await holdPromises(chaos, 10);
