import { declareTensors } from '../declare-tensors.js';
import type { GraphIndex } from '../graph-index.js';
import type { GroupNorm } from '../norms/group-norm.js';
import type { SubGraph } from '../sub-graph.js';
import type { BandImage, BandNorm, BandPlan } from './band-plan.js';
import { BandSteps } from './band-steps.js';
import { bandedSegment, wholeSegment } from './cut-segment.js';
import { RowLayout } from './row-layout.js';
import { type StepGroup, segmentLevels } from './segment-levels.js';

export interface PlannedBands {
  readonly plan: BandPlan;
  /** The graph of each of the plan's segments, in the same order. */
  readonly graphs: readonly SubGraph[];
}

/**
 * Cuts an image network (a latent's decoder, or an encoder) at its group
 * normalisations, so that bands of rows give the whole network's result.
 * @throws TesseraError failed_precondition that names the operator and the reason when that cannot be: an operator that
 * needs the whole image above the latent's size, a normalisation in an unknown spelling, control flow.
 */
export function planBands(index: GraphIndex): PlannedBands {
  const layout = new RowLayout(index);
  const steps = new BandSteps(layout);
  const groups = segmentLevels(layout, steps);
  const norms = new Map(steps.steps.flatMap((step) => (step.type === 'norm' ? [step.norm] : [])).map(bandNorm));
  const declare = declareTensors(index);
  const cut = groups.map((group, i) => {
    const name = `segment-${String(i).padStart(2, '0')}`;
    const outputs = leaving(layout, steps, groups, i);
    if (group.kind === 'whole') return wholeSegment(index, steps, group, name, outputs, declare);
    return bandedSegment(layout, steps, group, name, outputs, norms, declare);
  });
  const segments = cut.map(({ segment }) => segment);
  const tensors = new Set(
    segments.flatMap(({ inputs, outputs }) => [...inputs.map(({ tensor }) => tensor), ...outputs]),
  );
  const images = Object.fromEntries([...tensors].flatMap((tensor) => bandImage(layout, tensor)));
  const halos = segments.flatMap(({ inputs }) =>
    inputs.map(({ tensor, above, below }) => Math.max(above, below) / (images[tensor]?.rowsPerLatentRow ?? 1)),
  );
  return {
    plan: {
      input: index.model.inputs[0]?.name as string,
      output: index.model.outputs[0]?.name as string,
      images,
      fewestLatentRows: Math.ceil(Math.max(1, ...halos)),
      norms: [...norms.values()],
      segments,
    },
    graphs: cut.map(({ graph }) => graph),
  };
}

function bandImage(layout: RowLayout, tensor: string): [string, BandImage][] {
  const rowsPerLatentRow = layout.rowsPerLatentRow(tensor);
  const elementType = layout.view.facts.get(tensor)?.elementType;
  if (rowsPerLatentRow === undefined || elementType === undefined) return [];
  return [[tensor, { elementType, channels: layout.channels(tensor), rowsPerLatentRow }]];
}

function bandNorm(norm: GroupNorm, i: number): [GroupNorm, BandNorm] {
  const { input, groups, epsilon, scale, bias } = norm;
  const names = { scaleInput: `norm-${i}-scale`, shiftInput: `norm-${i}-shift` };
  return [norm, { input, groups, epsilon, scale: scale.values, bias: bias.values, ...names }];
}

/** What a group computes and a later one reads, or the caller. */
function leaving(layout: RowLayout, steps: BandSteps, groups: readonly StepGroup[], from: number): readonly string[] {
  const read = new Set(
    groups.flatMap((group, i) => (i === from ? [] : group.steps.flatMap((step) => steps.inputs(step)))),
  );
  const made = groups[from]?.steps.flatMap((step) => steps.outputs(step)) ?? [];
  return made.filter((name) => read.has(name) || layout.view.index.isOutput(name));
}
