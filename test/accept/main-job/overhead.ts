import { BUILT_IN, measureOverhead } from '../../bench/overhead.js';
import { slowStepModel } from '../../bench/slow-step-model.js';
import type { AcceptancePoint } from '../point.js';

const LIMIT = 1.1;
const LONG_STEP_MS = 50;
const LONG_STEP_LIMIT = 1.03;

export const overheadPoint: AcceptancePoint = {
  id: 'main-job.8',
  title: 'the whole path costs at most 10 % over bare session runs, 3 % when a step takes 50 ms or more',
  run: async () => {
    const builtIn = await measureOverhead(BUILT_IN, 1);
    await using slow = await slowStepModel();
    const long = await measureOverhead(slow.model, 1);
    const ratio = builtIn.wholeMs / builtIn.bareMs;
    const longRatio = long.wholeMs / long.bareMs;
    return {
      value: { builtIn: { ratio, ...builtIn }, longSteps: { ratio: longRatio, ...long } },
      limit: { builtIn: LIMIT, longSteps: LONG_STEP_LIMIT, longStepMs: LONG_STEP_MS },
      pass: ratio <= LIMIT && longRatio <= LONG_STEP_LIMIT && long.stepMs >= LONG_STEP_MS,
    };
  },
};
