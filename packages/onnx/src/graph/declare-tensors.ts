import { axisKey, trialShapes } from './free-axes.js';
import { constantFacts, factsForShapes } from './graph-facts.js';
import type { GraphIndex } from './graph-index.js';
import type { ValueDeclaration } from './graph-model.js';
import { uncuttable } from './uncuttable.js';

/** How a tensor is declared where it becomes a border of a part. */
export type DeclareTensor = (tensor: string) => ValueDeclaration;

/**
 * Declarations of any tensor of the graph: its type, the extents that are
 * fixed, a graph input's axis name where the extent is that axis's, and a name
 * of its own where it is another free extent. Shapes that cannot be told are
 * left open.
 * @throws TesseraError `failed_precondition` (from the returned function) for a tensor whose type is unknown.
 */
export function declareTensors(index: GraphIndex): DeclareTensor {
  const { model } = index;
  const constants = constantFacts(index);
  const shapes = [trialShapes(model, 0), trialShapes(model, 1)] as const;
  const [facts, others] = [factsForShapes(index, constants, shapes[0]), factsForShapes(index, constants, shapes[1])];
  const axisNames = new Map<string, string>();
  for (const input of model.inputs) {
    for (const [axis, extent] of (input.shape ?? []).entries()) {
      if (typeof extent === 'number') continue;
      const pair = [shapes[0].get(input.name)?.[axis], shapes[1].get(input.name)?.[axis]];
      axisNames.set(String(pair), axisKey(input.name, extent, axis));
    }
  }
  const border = new Map([...model.inputs, ...model.outputs].map((value) => [value.name, value]));

  return (name) => {
    const declared = border.get(name);
    if (declared !== undefined) return declared;
    const elementType = facts.get(name)?.elementType;
    if (elementType === undefined || elementType === 'other') {
      throw uncuttable(index.producer(name) ?? name, `makes ${name}, whose type is not known`);
    }
    const [shape, other] = [facts.get(name)?.shape, others.get(name)?.shape];
    if (shape === undefined || other === undefined || shape.length !== other.length) {
      return { name, elementType, shape: model.declarations.get(name)?.shape };
    }
    const axes = shape.map((extent, axis) => {
      if (extent === other[axis]) return extent;
      return axisNames.get(String([extent, other[axis]])) ?? `${name}:${axis}`;
    });
    return { name, elementType, shape: axes };
  };
}
