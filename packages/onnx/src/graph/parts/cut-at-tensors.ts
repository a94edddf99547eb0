import { invalidField } from '@tessera/core';
import type { GraphIndex } from '../graph-index.js';
import type { ModelOperator } from '../graph-model.js';
import type { SubGraph } from '../sub-graph.js';
import { partsOf } from './parts-of.js';

/**
 * Cuts a graph into consecutive parts: the first computes everything that the
 * tensors of `boundaries[0]` need, the next what those of `boundaries[1]` need
 * beyond that, the last all the rest. Whatever a later part reads besides the
 * named tensors (skips, an embedding) becomes an output and an input too.
 * @throws TesseraError invalid_argument when a boundary names no tensor between operators or adds nothing to the one before.
 */
export function cutAtTensors(index: GraphIndex, boundaries: readonly (readonly string[])[]): readonly SubGraph[] {
  const partOf = new Map<ModelOperator, number>();
  for (const [part, boundary] of boundaries.entries()) {
    const before = partOf.size;
    for (const tensor of boundary) addAncestors(index, tensor, part, partOf);
    if (partOf.size === before) throw invalidField(`boundaries[${part}]`, 'must lie after the one before it', boundary);
  }
  for (const operator of index.order) {
    if (index.variableInputs(operator).length > 0 && !partOf.has(operator)) partOf.set(operator, boundaries.length);
  }
  return partsOf(index, boundaries.length + 1, (operator) => partOf.get(operator));
}

function addAncestors(index: GraphIndex, tensor: string, part: number, partOf: Map<ModelOperator, number>): void {
  if (index.producer(tensor) === undefined || index.isConstant(tensor)) {
    throw invalidField(`boundaries[${part}]`, 'must name tensors that operators compute from the inputs', tensor);
  }
  const waiting = [tensor];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const operator = index.producer(name);
    if (operator === undefined || index.isConstant(name) || partOf.has(operator)) continue;
    partOf.set(operator, part);
    waiting.push(...operator.inputs);
  }
}
