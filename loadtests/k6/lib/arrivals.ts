import type { ConstantArrivalRateScenario, RampingArrivalRateScenario, Stage } from 'k6/options';

/** Arrivals are counted by the minute, so that a rate below one a second is a whole number too. */
const TIME_UNIT = '60s';
const A_MINUTE = 60;
/** Generations that may be on their way at once. One more arrives too late for k6, and `dropped_iterations` tells. */
const MOST_AT_ONCE = 500;

/** How long most generations take. k6 makes further VUs on the way, but not in time. */
const USUALLY_S = 5;
const ready = (aSecond: number) => Math.min(MOST_AT_ONCE, Math.ceil(USUALLY_S * aSecond));

const perMinute = (aSecond: number) => Math.max(1, Math.round(A_MINUTE * aSecond));

type Common = 'exec' | 'startTime' | 'gracefulStop' | 'tags';

/** Arrivals at this rate, however long those before take: an open model, as users are. */
export function steadyArrivals(
  aSecond: number,
  forMs: number,
  more: Pick<ConstantArrivalRateScenario, Common> & { readonly atOnce?: number } = {},
): ConstantArrivalRateScenario {
  const { atOnce = MOST_AT_ONCE, ...rest } = more;
  return {
    executor: 'constant-arrival-rate',
    rate: perMinute(aSecond),
    timeUnit: TIME_UNIT,
    duration: `${forMs}ms`,
    preAllocatedVUs: Math.min(atOnce, ready(aSecond)),
    maxVUs: atOnce,
    gracefulStop: '30s',
    ...rest,
  };
}

/** A rate that is reached after so long; the same twice is a level, after no time a jump. */
export interface Ramp {
  readonly aSecond: number;
  readonly afterMs: number;
}

export function changingArrivals(
  fromASecond: number,
  ramps: readonly Ramp[],
  more: Pick<RampingArrivalRateScenario, Common> = {},
): RampingArrivalRateScenario {
  const stages: Stage[] = ramps.map(({ aSecond, afterMs }) => ({
    target: perMinute(aSecond),
    duration: `${Math.round(afterMs)}ms`,
  }));
  return {
    executor: 'ramping-arrival-rate',
    startRate: perMinute(fromASecond),
    timeUnit: TIME_UNIT,
    stages,
    preAllocatedVUs: ready(Math.max(fromASecond, ...ramps.map(({ aSecond }) => aSecond))),
    maxVUs: MOST_AT_ONCE,
    gracefulStop: '60s',
    ...more,
  };
}
