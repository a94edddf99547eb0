import { floatAttribute, floatsAttribute, intAttribute, intsAttribute, tensorAttribute } from './attributes.js';
import { evaluateValues } from './evaluate-values.js';
import type { GraphIndex } from './graph-index.js';
import type { ModelOperator, StoredTensor } from './graph-model.js';
import { inferShapes } from './infer-shapes.js';
import { inferElementType } from './infer-types.js';
import { readTensorValues } from './read-tensor-values.js';
import { elementCount, type Shape } from './shapes.js';
import { MOST_VALUES, type TensorFacts, UNKNOWN } from './tensor-facts.js';

export type GraphFacts = ReadonlyMap<string, TensorFacts>;

/** Types, shapes and small values of everything that does not depend on what is fed. */
export function constantFacts(index: GraphIndex): GraphFacts {
  const facts = new Map<string, TensorFacts>();
  for (const [name, tensor] of index.model.initializers) facts.set(name, storedFacts(index, tensor));
  for (const operator of index.order) {
    if (operator.outputs.some((name) => index.isConstant(name))) addOperator(index, facts, operator);
  }
  return facts;
}

/**
 * Types, shapes and shape-derived values of every tensor, when the inputs have
 * the given shapes. What cannot be told without running stays undefined.
 */
export function factsForShapes(
  index: GraphIndex,
  constants: GraphFacts,
  inputShapes: ReadonlyMap<string, Shape>,
): GraphFacts {
  const facts = new Map(constants);
  for (const { name, elementType } of index.model.inputs) {
    facts.set(name, { elementType, shape: inputShapes.get(name) });
  }
  for (const operator of index.order) {
    if (!operator.outputs.some((name) => facts.has(name))) addOperator(index, facts, operator);
  }
  return facts;
}

function addOperator(index: GraphIndex, facts: Map<string, TensorFacts>, operator: ModelOperator): void {
  const inputs = operator.inputs.map((name) => (name === '' ? undefined : (facts.get(name) ?? UNKNOWN)));
  const inputTypes = inputs.map((input) => input?.elementType);
  const shapes = inferShapes(operator, inputs);
  for (const [i, name] of operator.outputs.entries()) {
    if (name === '') continue;
    const declared = index.model.declarations.get(name);
    const elementType = declared?.elementType ?? inferElementType(operator, inputTypes);
    const output: TensorFacts = { elementType, shape: shapes[i] };
    const values = i === 0 ? operatorValues(index, operator, inputs, output) : undefined;
    facts.set(name, values === undefined ? output : { ...output, values });
  }
}

function operatorValues(
  index: GraphIndex,
  operator: ModelOperator,
  inputs: readonly (TensorFacts | undefined)[],
  output: TensorFacts,
): readonly number[] | undefined {
  const [input] = inputs;
  if (operator.type === 'Constant') return constantValues(index, operator);
  if (operator.type === 'Size') return input?.shape && [elementCount(input.shape)];
  if (operator.type === 'Shape') {
    const { shape } = input ?? UNKNOWN;
    return shape?.slice(intAttribute(operator, 'start', 0), intAttribute(operator, 'end', shape.length));
  }
  if (operator.type === 'ConstantOfShape' && output.shape !== undefined) {
    const count = elementCount(output.shape);
    const tensor = tensorAttribute(operator, 'value');
    const [value = 0] = (tensor && readTensorValues(index.model, tensor)) ?? [];
    return count > MOST_VALUES ? undefined : new Array<number>(count).fill(value);
  }
  return evaluateValues(operator, inputs, output);
}

function constantValues(index: GraphIndex, operator: ModelOperator): readonly number[] | undefined {
  const tensor = tensorAttribute(operator, 'value');
  if (tensor !== undefined) return storedFacts(index, tensor).values;
  const list = intsAttribute(operator, 'value_ints') ?? floatsAttribute(operator, 'value_floats');
  if (list !== undefined) return list;
  if (operator.attributes.has('value_int')) return [intAttribute(operator, 'value_int', 0)];
  if (operator.attributes.has('value_float')) return [floatAttribute(operator, 'value_float', 0)];
  return undefined;
}

function storedFacts(index: GraphIndex, tensor: StoredTensor): TensorFacts {
  const { elementType, shape } = tensor;
  if (elementCount(shape) > MOST_VALUES) return { elementType, shape };
  return { elementType, shape, values: readTensorValues(index.model, tensor) };
}
