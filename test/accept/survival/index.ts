import { natsAwayPoint } from './07-nats-away.js';

export const survival = [natsAwayPoint] as const;
