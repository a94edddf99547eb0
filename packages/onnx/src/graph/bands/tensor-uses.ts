import type { BandPlan } from './band-plan.js';

/** What a plan does with a tensor between segments. */
export interface TensorUse {
  /** Rows that the neighbour below wants, the band's last; and the neighbour above, its first. */
  readonly last: number;
  readonly first: number;
  /** Norms measured over it. */
  readonly norms: readonly number[];
  /** The last segment that reads it; Infinity for the result. */
  readonly until: number;
}

export function tensorUses(plan: BandPlan): ReadonlyMap<string, TensorUse> {
  const uses = new Map<string, TensorUse>();
  for (const tensor of [plan.input, ...plan.segments.flatMap(({ outputs }) => outputs)]) {
    const reads = plan.segments.flatMap(({ inputs }, segment) =>
      inputs.filter((input) => input.tensor === tensor).map(({ above, below }) => ({ above, below, segment })),
    );
    uses.set(tensor, {
      last: Math.max(0, ...reads.map(({ above }) => above)),
      first: Math.max(0, ...reads.map(({ below }) => below)),
      norms: plan.norms.flatMap(({ input }, norm) => (input === tensor ? [norm] : [])),
      until: tensor === plan.output ? Number.POSITIVE_INFINITY : Math.max(-1, ...reads.map(({ segment }) => segment)),
    });
  }
  return uses;
}
