import { float16FromFloat32, float32FromFloat16 } from '../float16.js';
import { intAttribute, intsAttribute } from './attributes.js';
import type { ElementType } from './element-type.js';
import type { ModelOperator } from './graph-model.js';
import { broadcastShapes, elementCount, frontAxis, indices, type Shape, slicedAxis, strides } from './shapes.js';
import { MOST_VALUES, type TensorFacts } from './tensor-facts.js';

type KnownTensor = TensorFacts & { readonly shape: Shape; readonly values: readonly number[] };
type Evaluation = (
  inputs: readonly KnownTensor[],
  operator: ModelOperator,
  output: { readonly shape: Shape; readonly elementType: ElementType | undefined },
) => readonly number[] | undefined;

/**
 * The values of an operator's first output, where they follow from the values
 * of its inputs: what exporters compute from shapes, and constant chains
 * (a stored float16 scale cast to float32).
 * @returns undefined where they do not follow, or the operator is not one of those.
 */
export function evaluateValues(
  operator: ModelOperator,
  inputs: readonly (TensorFacts | undefined)[],
  output: TensorFacts,
): readonly number[] | undefined {
  const evaluation = EVALUATIONS[operator.type];
  const { shape, elementType } = output;
  if (evaluation === undefined || operator.domain !== '' || shape === undefined) return undefined;
  if (elementCount(shape) > MOST_VALUES) return undefined;
  const given = inputs.filter((input): input is TensorFacts => input !== undefined);
  if (!given.every((input): input is KnownTensor => input.values !== undefined && input.shape !== undefined)) {
    return undefined;
  }
  const values = evaluation(given, operator, { shape, elementType });
  return values?.map((value) => rounded(value, elementType));
}

function rounded(value: number, type: ElementType | undefined): number {
  if (type === 'float32') return Math.fround(value);
  if (type === 'float16') return float32FromFloat16(float16FromFloat32(value));
  if (type === 'float64') return value;
  if (type === 'bool') return value === 0 ? 0 : 1;
  return Math.trunc(value);
}

const same: Evaluation = ([input]) => input?.values;

const EVALUATIONS: Readonly<Record<string, Evaluation>> = {
  Cast: same,
  Identity: same,
  Reshape: same,
  Unsqueeze: same,
  Squeeze: same,
  Flatten: same,
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Exp: unary(Math.exp),
  Not: unary((x) => (x === 0 ? 1 : 0)),
  Add: binary((x, y) => x + y),
  Sub: binary((x, y) => x - y),
  Mul: binary((x, y) => x * y),
  Div: binary((x, y) => x / y),
  Pow: binary((x, y) => x ** y),
  Mod: binary((x, y) => x - y * Math.floor(x / y)),
  Min: binary(Math.min),
  Max: binary(Math.max),
  Equal: binary((x, y) => (x === y ? 1 : 0)),
  Less: binary((x, y) => (x < y ? 1 : 0)),
  Greater: binary((x, y) => (x > y ? 1 : 0)),
  And: binary((x, y) => (x !== 0 && y !== 0 ? 1 : 0)),
  Or: binary((x, y) => (x !== 0 || y !== 0 ? 1 : 0)),
  Where: ([condition, x, y], _, { shape }) => {
    if (condition === undefined || x === undefined || y === undefined) return undefined;
    return indexed(shape, (index) => (at(condition, index) !== 0 ? at(x, index) : at(y, index)));
  },
  Expand: ([input], _, { shape }) => input && indexed(shape, (index) => at(input, index)),
  Transpose: ([input], operator, { shape }) => {
    if (input === undefined) return undefined;
    const perm = intsAttribute(operator, 'perm') ?? [...input.shape.keys()].reverse();
    const steps = strides(input.shape);
    return indexed(shape, (index) => {
      const offset = index.reduce((sum, i, axis) => sum + i * (steps[perm[axis] as number] as number), 0);
      return input.values[offset] as number;
    });
  },
  Gather: ([input, picks], operator, { shape }) => {
    if (input === undefined || picks === undefined) return undefined;
    const axis = frontAxis(intAttribute(operator, 'axis', 0), input.shape.length);
    const extent = input.shape[axis] as number;
    const steps = strides(input.shape);
    const pickSteps = strides(picks.shape);
    return indexed(shape, (index) => {
      const pickAt = pickSteps.reduce((sum, step, k) => sum + step * (index[axis + k] as number), 0);
      const pick = frontAxis(picks.values[pickAt] as number, extent);
      const source = [...index.slice(0, axis), pick, ...index.slice(axis + picks.shape.length)];
      return input.values[source.reduce((sum, i, k) => sum + i * (steps[k] as number), 0)] as number;
    });
  },
  Concat: (inputs, operator, { shape }) => {
    const axis = frontAxis(intAttribute(operator, 'axis', 0), shape.length);
    return indexed(shape, (index) => {
      let position = index[axis] as number;
      for (const input of inputs) {
        const extent = input.shape[axis] as number;
        if (position < extent) return at(input, index.with(axis, position));
        position -= extent;
      }
      return Number.NaN;
    });
  },
  Slice: ([input, starts, ends, axes, steps], _, { shape }) => {
    if (input === undefined || starts === undefined || ends === undefined) return undefined;
    const firsts = input.shape.map(() => 0);
    const jumps = input.shape.map(() => 1);
    for (const [k, from] of starts.values.entries()) {
      const axis = frontAxis(axes?.values[k] ?? k, input.shape.length);
      const step = steps?.values[k] ?? 1;
      firsts[axis] = slicedAxis(input.shape[axis] as number, from, ends.values[k] as number, step).start;
      jumps[axis] = step;
    }
    return indexed(shape, (index) => {
      const source = index.map((i, axis) => (firsts[axis] as number) + i * (jumps[axis] as number));
      return at(input, source);
    });
  },
  Range: ([start, , step], _, { shape }) => {
    if (start === undefined || step === undefined) return undefined;
    return indexed(shape, ([i]) => (start.values[0] as number) + (i as number) * (step.values[0] as number));
  },
};

function unary(f: (x: number) => number): Evaluation {
  return ([input]) => input?.values.map(f);
}

function binary(f: (x: number, y: number) => number): Evaluation {
  return ([a, b], _, { shape }) => {
    if (a === undefined || b === undefined || broadcastShapes(a.shape, b.shape) === undefined) return undefined;
    return indexed(shape, (index) => f(at(a, index), at(b, index)));
  };
}

function indexed(shape: Shape, value: (index: readonly number[]) => number): number[] {
  const values: number[] = [];
  for (const index of indices(shape)) values.push(value(index));
  return values;
}

/** The element that broadcasting brings to `index`. */
function at({ shape, values }: KnownTensor, index: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis] as number;
    const i = index[index.length - shape.length + axis] as number;
    offset = offset * extent + (extent === 1 ? 0 : i);
  }
  return values[offset] as number;
}
