import { bitEqualPoint } from './01-bit-equal.js';
import { throughputPoint } from './02-throughput.js';
import { fairnessPoint } from './03-fairness.js';
import { cancelsPoint } from './04-cancels.js';
import { overloadPoint } from './05-overload.js';
import { slowViewersPoint } from './06-slow-viewers.js';
import { lagPoint } from './07-lag.js';
import { protectionsPoint } from './08-protections.js';

export const engine = [
  bitEqualPoint,
  throughputPoint,
  fairnessPoint,
  cancelsPoint,
  overloadPoint,
  slowViewersPoint,
  lagPoint,
  protectionsPoint,
] as const;
