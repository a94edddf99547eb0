import type { DeclareTensor } from '../declare-tensors.js';
import type { GraphIndex } from '../graph-index.js';
import type { ValueDeclaration } from '../graph-model.js';
import type { GroupNorm } from '../norms/group-norm.js';
import { type SubGraph, subGraph } from '../sub-graph.js';
import type { BandNorm, BandSegment, RowPad, SegmentInput } from './band-plan.js';
import type { BandStep, BandSteps } from './band-steps.js';
import type { RowLayout } from './row-layout.js';
import type { StepGroup } from './segment-levels.js';
import { SegmentWriter } from './segment-writer.js';

/** A segment of the plan and what to write for it. */
export interface CutSegment {
  readonly segment: BandSegment;
  readonly graph: SubGraph;
}

/** The operators as they are, with the arithmetic on shapes they read. */
export function wholeSegment(
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

/** The steps rewritten so that one graph serves every band. */
export function bandedSegment(
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
