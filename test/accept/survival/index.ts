import { chaosPoint } from './01-chaos.js';
import { sameBitsPoints } from './02-same-bits.js';
import { frozenPoint } from './03-frozen.js';
import { cutTenTimesPoint } from './04-cut-ten-times.js';
import { oneKeyPoint } from './05-one-key.js';
import { drainPoint } from './06-drain.js';
import { natsAwayPoint } from './07-nats-away.js';
import { clockStepsPoint } from './08-clock-steps.js';
import { survivalProtectionsPoint } from './09-protections.js';
import { durableOverheadPoint } from './10-durable-overhead.js';

export const survival = [
  chaosPoint,
  ...sameBitsPoints,
  frozenPoint,
  cutTenTimesPoint,
  oneKeyPoint,
  drainPoint,
  natsAwayPoint,
  clockStepsPoint,
  survivalProtectionsPoint,
  durableOverheadPoint,
] as const;
