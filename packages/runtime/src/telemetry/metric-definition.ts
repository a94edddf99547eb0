export type ProcessKind = 'gateway' | 'text-encoder' | 'denoiser' | 'denoiser-part' | 'decoder';

/** Labels by name: every value that they may have, or `undefined` where that is not known beforehand. */
export type LabelSets = Readonly<Record<string, readonly string[] | undefined>>;

export type LabelsOf<Sets extends LabelSets> = {
  readonly [Name in keyof Sets]: Sets[Name] extends readonly (infer Value extends string)[] ? Value : string;
};

/**
 * A metric as Prometheus shows it. Durations are seconds there, since every
 * dashboard expects it; the program hands over milliseconds.
 */
export interface MetricDefinition<Sets extends LabelSets = LabelSets> {
  /** `observed` kinds are read when somebody asks, the others are told. */
  readonly kind: 'counter' | 'histogram' | 'observed-counter' | 'observed-gauge';
  /** In which processes it is. */
  readonly in: readonly ProcessKind[];
  readonly description: string;
  readonly labels: Sets;
  /** Upper bounds of a histogram's buckets, ascending. */
  readonly buckets?: readonly number[];
}

type Told<Kind, Sets extends LabelSets> = MetricDefinition<Sets> & { readonly kind: Kind };
type Where = readonly ProcessKind[];

/** Counts from 0; every combination of its labels is there from the beginning. */
export function counter<const Sets extends LabelSets>(
  where: Where,
  description: string,
  labels: Sets,
): Told<'counter', Sets> {
  return { kind: 'counter', in: where, description, labels };
}

export function histogram<const Sets extends LabelSets>(
  where: Where,
  description: string,
  labels: Sets,
  buckets: readonly number[],
): Told<'histogram', Sets> {
  return { kind: 'histogram', in: where, description, labels, buckets };
}

export function observedCounter<const Sets extends LabelSets>(
  where: Where,
  description: string,
  labels: Sets,
): Told<'observed-counter', Sets> {
  return { kind: 'observed-counter', in: where, description, labels };
}

export function observedGauge<const Sets extends LabelSets>(
  where: Where,
  description: string,
  labels: Sets,
): Told<'observed-gauge', Sets> {
  return { kind: 'observed-gauge', in: where, description, labels };
}
