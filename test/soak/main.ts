import { holdPromises } from '../chaos/hold-promises.js';
import { soak } from './soak.js';

/** `npm run test:soak -- [--minutes N] [--seed N]` */
await holdPromises(soak, 60);
