import type { BandStep, BandSteps } from './band-steps.js';

/** Rows beyond a band's own, where the image goes on there. */
export interface Halo {
  readonly above: number;
  readonly below: number;
}

export const NO_HALO: Halo = { above: 0, below: 0 };

/** The rows of each tensor that the steps of one segment need for outputs of exactly the band's own rows. */
export function neededHalos(steps: BandSteps, group: readonly BandStep[]): ReadonlyMap<string, Halo> {
  const halos = new Map<string, Halo>();
  for (const step of [...group].reverse()) {
    const made = steps.outputs(step).map((name) => halos.get(name) ?? NO_HALO);
    const wanted = inputHalo(step, made.reduce(larger, NO_HALO));
    for (const name of steps.inputs(step)) halos.set(name, larger(wanted, halos.get(name) ?? NO_HALO));
  }
  return halos;
}

/** What a step needs of its input for an output with `halo`. */
export function inputHalo(step: BandStep, halo: Halo): Halo {
  if (step.type !== 'rows' || step.rule.type === 'same') return halo;
  const { rule } = step;
  if (rule.type === 'upsample') {
    return { above: Math.ceil(halo.above / rule.factor), below: Math.ceil(halo.below / rule.factor) };
  }
  if (rule.type === 'convolution') {
    return { above: halo.above * rule.stride + rule.above, below: halo.below * rule.stride + rule.below };
  }
  return {
    above: Math.floor((rule.reach - 1 - rule.pad + halo.above) / rule.stride),
    below: Math.floor((rule.pad - 1 + halo.below) / rule.stride) + 1,
  };
}

export function larger(a: Halo, b: Halo): Halo {
  return { above: Math.max(a.above, b.above), below: Math.max(a.below, b.below) };
}

export function sameHalo(a: Halo, b: Halo): boolean {
  return a.above === b.above && a.below === b.below;
}
