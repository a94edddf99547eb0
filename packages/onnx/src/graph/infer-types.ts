import { intAttribute, tensorAttribute } from './attributes.js';
import { type ElementType, elementTypeFromOnnx } from './element-type.js';
import type { ModelOperator } from './graph-model.js';

/** Operators that decide the type of their output whatever they are fed. */
const DECIDED: Readonly<Record<string, ElementType>> = {
  Shape: 'int64',
  Size: 'int64',
  NonZero: 'int64',
  ArgMax: 'int64',
  ArgMin: 'int64',
  Equal: 'bool',
  Less: 'bool',
  LessOrEqual: 'bool',
  Greater: 'bool',
  GreaterOrEqual: 'bool',
  And: 'bool',
  Or: 'bool',
  Xor: 'bool',
  Not: 'bool',
  IsNaN: 'bool',
  IsInf: 'bool',
  DynamicQuantizeLinear: 'uint8',
  MatMulInteger: 'int32',
  ConvInteger: 'int32',
};

/** Operators whose result has the type of another input than the first. */
const TYPED_BY_INPUT: Readonly<Record<string, number>> = {
  Where: 1,
  CastLike: 1,
  DequantizeLinear: 1,
  QuantizeLinear: 2,
};

/**
 * The type of an operator's first output; ONNX operators outside the tables
 * keep the type of their first input.
 * @returns undefined where that type is unknown, or the operator belongs to a domain without such a custom.
 */
export function inferElementType(
  operator: ModelOperator,
  inputs: readonly (ElementType | undefined)[],
): ElementType | undefined {
  const { type, domain } = operator;
  if (domain !== '' && domain !== 'com.microsoft') return undefined;
  if (type === 'Cast') return elementTypeFromOnnx(intAttribute(operator, 'to', 0));
  if (type === 'Constant') return constantType(operator);
  if (type === 'ConstantOfShape') return tensorAttribute(operator, 'value')?.elementType ?? 'float32';
  if (type.startsWith('Random')) {
    const code = intAttribute(operator, 'dtype', 0);
    return code === 0 ? (inputs[0] ?? 'float32') : elementTypeFromOnnx(code);
  }
  return DECIDED[type] ?? inputs[TYPED_BY_INPUT[type] ?? 0];
}

function constantType(operator: ModelOperator): ElementType | undefined {
  const tensor = tensorAttribute(operator, 'value');
  if (tensor !== undefined) return tensor.elementType;
  const { attributes } = operator;
  if (attributes.has('value_int') || attributes.has('value_ints')) return 'int64';
  if (attributes.has('value_float') || attributes.has('value_floats')) return 'float32';
  return undefined;
}
