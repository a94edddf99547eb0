import { trialShapes } from '../free-axes.js';
import { constantFacts, factsForShapes } from '../graph-facts.js';
import type { GraphIndex } from '../graph-index.js';
import type { ModelOperator } from '../graph-model.js';
import { decomposedSpelling } from './decomposed-spelling.js';
import { GraphView } from './graph-view.js';
import type { GroupNorm } from './group-norm.js';
import { fusedSpelling, groupSpelling } from './group-spelling.js';
import { instanceSpelling } from './instance-spelling.js';

const SPELLINGS: Readonly<Record<string, (view: GraphView, operator: ModelOperator) => GroupNorm | undefined>> = {
  InstanceNormalization: instanceSpelling,
  GroupNormalization: groupSpelling,
  GroupNorm: fusedSpelling,
  ReduceMean: decomposedSpelling,
};

/** Operators that can only be a normalisation over space: one that no spelling explains must not be cut through. */
const NORMALISATIONS = new Set([
  'InstanceNormalization',
  'GroupNormalization',
  'GroupNorm',
  'SkipGroupNorm',
  'MeanVarianceNormalization',
]);

export interface FoundNorms {
  /** In graph order. */
  readonly norms: readonly GroupNorm[];
  readonly unexplained: readonly ModelOperator[];
}

/** Every group normalisation of a graph, in all spellings that exporters use. */
export function findGroupNorms(index: GraphIndex, view: GraphView = trialView(index)): FoundNorms {
  const norms: GroupNorm[] = [];
  const explained = new Set<ModelOperator>();
  for (const operator of index.order) {
    const norm = explained.has(operator) ? undefined : SPELLINGS[operator.type]?.(view, operator);
    if (norm === undefined) continue;
    for (const part of norm.operators) explained.add(part);
    norms.push({ ...norm, ...siluAfter(view, norm.output) });
  }
  const unexplained = index.order.filter((operator) => NORMALISATIONS.has(operator.type) && !explained.has(operator));
  return { norms, unexplained };
}

function trialView(index: GraphIndex): GraphView {
  return new GraphView(index, factsForShapes(index, constantFacts(index), trialShapes(index.model, 0)));
}

function siluAfter(view: GraphView, tensor: string): Pick<GroupNorm, 'silu'> {
  const readers = view.index.consumers(tensor);
  const sigmoid = readers.find(({ type }) => type === 'Sigmoid');
  const gate = sigmoid && view.onlyReader(sigmoid.outputs[0] as string, 'Mul');
  if (sigmoid === undefined || gate === undefined || readers.length !== 2 || view.index.isOutput(tensor)) return {};
  if (view.otherInput(gate, sigmoid.outputs[0] as string) !== tensor) return {};
  return { silu: { output: gate.outputs[0] as string, operators: [sigmoid, gate] } };
}
