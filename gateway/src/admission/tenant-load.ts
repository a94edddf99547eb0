/** What one tenant has running and waiting here. Work is in evaluations, as the queue counts it. */
export interface TenantLoad {
  /** Share against others. */
  readonly weight: number;
  /** What each of its running generations still needs. */
  readonly running: readonly number[];
  /** Evaluations that these may have in flight at once. */
  readonly inFlight: number;
  /** Generations that wait. */
  readonly waiting: number;
  readonly waitingWork: number;
}

export const NO_LOAD: TenantLoad = { weight: 1, running: [], inFlight: 0, waiting: 0, waitingWork: 0 };

export function sumOf<Item>(items: Iterable<Item>, amountOf: (item: Item) => number): number {
  let sum = 0;
  for (const item of items) sum += amountOf(item);
  return sum;
}

/** All that is done until a tenant has had so much of its own: of every other one its fair share meanwhile. */
export function workOfAll(own: number, weight: number, others: Iterable<TenantLoad>): number {
  let sum = own;
  for (const other of others) {
    const work = other.waitingWork + sumOf(other.running, (left) => left);
    sum += Math.min(work, (own / weight) * other.weight);
  }
  return sum;
}

/**
 * How much work of a tenant is done when the first of these generations ends,
 * when the second ends …, if they are worked on in this order, `together` of
 * them at a time with equal pace.
 */
export function workUntilEnds(work: readonly number[], together: number): readonly number[] {
  const ends: number[] = [];
  const next = [...work].reverse();
  let active: readonly number[] = [];
  let done = 0;
  for (;;) {
    const joining = next.splice(Math.max(0, next.length - Math.max(0, together - active.length))).reverse();
    const working = [...active, ...joining];
    if (working.length === 0) return ends;
    const least = Math.min(...working);
    done += least * working.length;
    active = working.map((left) => left - least).filter((left) => left > 0);
    for (let ended = active.length; ended < working.length; ended += 1) ends.push(done);
  }
}
