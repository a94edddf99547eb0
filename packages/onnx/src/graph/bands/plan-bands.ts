import { type DeclareTensor, declareTensors } from '../declare-tensors.js';
import type { GraphIndex } from '../graph-index.js';
import type { ValueDeclaration } from '../graph-model.js';
import type { GroupNorm } from '../norms/group-norm.js';
import { type SubGraph, subGraph } from '../sub-graph.js';
import type { BandNorm, BandPlan, BandSegment, RowPad, SegmentInput } from './band-plan.js';
import { type BandStep, BandSteps } from './band-steps.js';
import { RowLayout } from './row-layout.js';
import { type StepGroup, segmentLevels } from './segment-levels.js';
import { SegmentWriter } from './segment-writer.js';

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
  const rows = [...tensors].map((tensor) => [tensor, layout.rowsPerLatentRow(tensor)] as const);
  const rowsPerLatentRow = Object.fromEntries(
    rows.filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
  const halos = segments.flatMap(({ inputs }) =>
    inputs.map(({ tensor, above, below }) => Math.ceil(Math.max(above, below) / (rowsPerLatentRow[tensor] ?? 1))),
  );
  return {
    plan: {
      input: index.model.inputs[0]?.name as string,
      output: index.model.outputs[0]?.name as string,
      rowsPerLatentRow,
      fewestLatentRows: Math.max(1, ...halos),
      norms: [...norms.values()],
      segments,
    },
    graphs: cut.map(({ graph }) => graph),
  };
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

interface CutSegment {
  readonly segment: BandSegment;
  readonly graph: SubGraph;
}

function wholeSegment(
  index: GraphIndex,
  steps: BandSteps,
  group: StepGroup,
  name: string,
  outputs: readonly string[],
  declare: DeclareTensor,
): CutSegment {
  const own = group.steps.flatMap((step) => (step.type === 'whole' ? [step.operator] : []));
  const operators = [...steps.lazyBefore(group.steps), ...own];
  const wanted = new Set(operators);
  const graph = subGraph(
    index,
    { name, operators: index.order.filter((operator) => wanted.has(operator)), outputs },
    declare,
  );
  const inputs = graph.inputs.map(({ name: tensor }): SegmentInput => ({ tensor, above: 0, below: 0 }));
  const { weightBytes } = graph;
  return { segment: { name, kind: 'whole', inputs, outputs, norms: [], rowPads: [], weightBytes }, graph };
}

function bandedSegment(
  layout: RowLayout,
  steps: BandSteps,
  group: StepGroup,
  name: string,
  outputs: readonly string[],
  norms: ReadonlyMap<GroupNorm, BandNorm>,
  declare: DeclareTensor,
): CutSegment {
  const writer = new SegmentWriter(layout, steps, group.steps, norms);
  const { operators, madeConstants, rowPads } = writer;
  const applied = appliedNorms(group.steps, norms);
  const extra = new Map([...applied.flatMap(({ norm }) => normInputs(norm)), ...rowPads.map(rowPadInput)]);
  const declareBand: DeclareTensor = (tensor) => extra.get(tensor) ?? withFreeRows(declare(tensor));
  const graph = subGraph(layout.view.index, { name, operators, outputs, madeConstants }, declareBand);
  const inputs = graph.inputs
    .filter((input) => !extra.has(input.name))
    .map(({ name: tensor }): SegmentInput => ({ tensor, ...writer.inputHalo(tensor) }));
  const { weightBytes } = graph;
  const segment = {
    name,
    kind: 'banded',
    inputs,
    outputs,
    norms: applied.map(({ at }) => at),
    rowPads,
    weightBytes,
  } as const;
  return { segment, graph };
}

function appliedNorms(group: readonly BandStep[], norms: ReadonlyMap<GroupNorm, BandNorm>) {
  const all = [...norms];
  return group.flatMap((step) => {
    if (step.type !== 'norm') return [];
    const at = all.findIndex(([norm]) => norm === step.norm);
    return [{ at, norm: all[at]?.[1] as BandNorm }];
  });
}

function normInputs({ scaleInput, shiftInput, scale }: BandNorm) {
  return [scaleInput, shiftInput].map((name) => {
    return [name, { name, elementType: 'float32', shape: [1, scale.length, 1, 1] } as ValueDeclaration] as const;
  });
}

function rowPadInput({ input }: RowPad) {
  return [input, { name: input, elementType: 'int64', shape: [8] } as ValueDeclaration] as const;
}

/** A band's rows are neither the whole image's, nor those of a tensor with another halo. */
function withFreeRows(value: ValueDeclaration): ValueDeclaration {
  if (value.shape?.length !== 4) return value;
  return { ...value, shape: [1, value.shape[1] as number, `${value.name}:rows`, `${value.name}:columns`] };
}
