import { invalidField } from '@tessera/core';
import { elementBytes } from '../element-type.js';
import { constantFacts, factsForShapes, type GraphFacts } from '../graph-facts.js';
import type { GraphIndex } from '../graph-index.js';
import type { ModelOperator } from '../graph-model.js';
import { elementCount, type Shape } from '../shapes.js';
import { constantChain, type SubGraph } from '../sub-graph.js';
import { uncuttable } from '../uncuttable.js';
import { balancedCuts, type CutPlace } from './balanced-cuts.js';
import { partsOf } from './parts-of.js';

export interface GraphPartsPlan {
  readonly parts: readonly SubGraph[];
  /** Between neighbouring parts, `parts.length − 1` of them. A tensor read far behind crosses every border between. */
  readonly crossings: readonly Crossing[];
}

export interface Crossing {
  readonly bytes: number;
  readonly tensors: readonly CrossingTensor[];
}

export interface CrossingTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly bytes: number;
  /** Operator types on either side: what ONNX Runtime can no longer fuse. */
  readonly madeBy: string;
  readonly readBy: readonly string[];
}

/**
 * Plans `count` consecutive parts of nearly equal weight and, among those cuts,
 * the one that moves the fewest bytes. A cut is for memory: the parts of one
 * evaluation run one after the other, so no image becomes faster by it.
 * @param inputShapes of one evaluation, for what the crossing tensors weigh.
 * @throws TesseraError failed_precondition when a tensor that would cross has no known type or size, or the graph has
 * too few operators with weights.
 */
export function planGraphParts(
  index: GraphIndex,
  count: number,
  inputShapes: ReadonlyMap<string, Shape>,
): GraphPartsPlan {
  if (!Number.isInteger(count) || count < 1) throw invalidField('count', 'must be a whole number of at least 1', count);
  const operators = index.order.filter(({ outputs }) => !outputs.every((name) => index.isConstant(name)));
  const positions = new Map(operators.map((operator, i) => [operator, i]));
  const facts = factsForShapes(index, constantFacts(index), inputShapes);
  const crossing = crossingTensors(index, operators, positions, facts);
  const cuts = balancedCuts(cutPlaces(index, operators, crossing), count);
  if (cuts === undefined) throw uncuttable(index.model.name, `has no ${count - 1} places to cut it at`);
  return {
    parts: partsOf(index, count, (operator) => {
      const position = positions.get(operator);
      return position === undefined ? undefined : cuts.filter((cut) => cut < position).length;
    }),
    crossings: cuts.map((cut) => crossing[cut] as Crossing),
  };
}

/** What crosses after each operator; infinitely heavy where that cannot be carried. */
function crossingTensors(
  index: GraphIndex,
  operators: readonly ModelOperator[],
  positions: ReadonlyMap<ModelOperator, number>,
  facts: GraphFacts,
): readonly Crossing[] {
  const ending = new Map<number, string[]>();
  const live = new Map<string, CrossingTensor>();
  return operators.map((operator, position) => {
    for (const name of operator.outputs) {
      const last = Math.max(-1, ...index.consumers(name).map((reader) => positions.get(reader) ?? -1));
      if (last <= position) continue;
      live.set(name, crossingTensor(index, operator, name, facts));
      ending.set(last, [...(ending.get(last) ?? []), name]);
    }
    for (const name of ending.get(position) ?? []) live.delete(name);
    const tensors = [...live.values()];
    return { tensors, bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0) };
  });
}

/** Types that cross the border of a network; see TypedTensor. */
const CARRIED = new Set(['float32', 'float16', 'int64', 'int32', 'uint8']);

function crossingTensor(index: GraphIndex, operator: ModelOperator, name: string, facts: GraphFacts): CrossingTensor {
  const { elementType, shape } = facts.get(name) ?? {};
  const readBy = [...new Set(index.consumers(name).map(({ type }) => type))];
  if (shape === undefined || elementType === undefined || !CARRIED.has(elementType)) {
    return { name, shape: [], bytes: Number.POSITIVE_INFINITY, madeBy: operator.type, readBy };
  }
  return { name, shape, bytes: elementCount(shape) * elementBytes(elementType), madeBy: operator.type, readBy };
}

/** One place for every amount of weight before it: the cheapest. */
function cutPlaces(index: GraphIndex, operators: readonly ModelOperator[], crossings: readonly Crossing[]): CutPlace[] {
  const counted = new Set<string>();
  const places: CutPlace[] = [];
  let weightBefore = 0;
  for (const [position, operator] of operators.entries()) {
    const constants = operator.inputs.filter((name) => index.isConstant(name));
    for (const { name, bytes } of constantChain(index, constants).initializers) {
      if (!counted.has(name)) weightBefore += bytes;
      counted.add(name);
    }
    const place = { position, weightBefore, crossingBytes: crossings[position]?.bytes ?? 0 };
    const last = places.at(-1);
    if (last === undefined || last.weightBefore < weightBefore) places.push(place);
    else if (place.crossingBytes < last.crossingBytes || position === operators.length - 1)
      places[places.length - 1] = place;
  }
  return places;
}
