import { floatsAttribute, intAttribute, intsAttribute, tensorAttribute, textAttribute } from './attributes.js';
import type { ModelOperator } from './graph-model.js';
import { broadcastShapes, elementCount, frontAxis, type Shape, slicedAxis } from './shapes.js';
import type { TensorFacts } from './tensor-facts.js';

type Shapes = readonly (Shape | undefined)[];
/** `inputs[i]` is undefined for an input left out. */
type Rule = (inputs: readonly (TensorFacts | undefined)[], operator: ModelOperator) => Shapes | undefined;

/**
 * The shapes of an operator's outputs, by ONNX's rules.
 * @returns an entry per output, undefined where the inputs do not decide it or the operator is not known here.
 */
export function inferShapes(operator: ModelOperator, inputs: readonly (TensorFacts | undefined)[]): Shapes {
  const rule = RULES[operator.type];
  return rule?.(inputs, operator) ?? (ELEMENTWISE.has(operator.type) ? [broadcastAll(inputs)] : []);
}

/** One output of the inputs' common shape. */
const ELEMENTWISE = new Set(
  (
    'Abs Add And BatchNormalization Cast CastLike Ceil Celu Clip Cos Div Dropout Elu Equal Erf Exp Floor Gelu Greater ' +
    'GreaterOrEqual GroupNorm GroupNormalization HardSigmoid HardSwish Identity InstanceNormalization LayerNormalization ' +
    'LeakyRelu Less LessOrEqual Log LogSoftmax Max Min Mish Mod Mul Neg Not Or PRelu Pow QuickGelu RandomNormalLike ' +
    'RandomUniformLike Reciprocal Relu Round Selu Sigmoid Sign SimplifiedLayerNormalization Sin Softmax Softplus Sqrt Sub ' +
    'Sum Tan Tanh Where Xor'
  ).split(' '),
);

/** Of these only the first input has the output's shape; the others are parameters. */
const FIRST_ONLY = new Set(['Clip', 'GroupNorm', 'MeanVarianceNormalization', 'SkipGroupNorm']);

function broadcastAll(inputs: readonly (TensorFacts | undefined)[]): Shape | undefined {
  let shape: Shape | undefined = [];
  for (const input of inputs) {
    if (input === undefined) continue;
    if (input.shape === undefined || shape === undefined) return undefined;
    shape = broadcastShapes(shape, input.shape);
  }
  return shape;
}

const first: Rule = ([input]) => [input?.shape];

const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries([...FIRST_ONLY].map((type) => [type, first])),
  BatchNormalization: first,
  Dropout: first,
  InstanceNormalization: first,
  GroupNormalization: first,
  LayerNormalization: first,
  SimplifiedLayerNormalization: first,
  Constant: (_, operator) => {
    const tensor = tensorAttribute(operator, 'value');
    if (tensor !== undefined) return [tensor.shape];
    const list = intsAttribute(operator, 'value_ints') ?? floatsAttribute(operator, 'value_floats');
    return [list === undefined ? [] : [list.length]];
  },
  Shape: ([input], operator) => {
    if (input?.shape === undefined) return undefined;
    const rank = input.shape.length;
    return [[slicedAxis(rank, intAttribute(operator, 'start', 0), intAttribute(operator, 'end', rank), 1).count]];
  },
  Size: () => [[]],
  ConstantOfShape: ([extents]) => [extents?.values],
  Conv: ([x, w], operator) => {
    if (x?.shape === undefined || w?.shape === undefined) return undefined;
    const spatial = x.shape.slice(2);
    const kernel = w.shape.slice(2);
    const pads = intsAttribute(operator, 'pads') ?? spatial.flatMap(() => [0, 0]);
    const steps = intsAttribute(operator, 'strides') ?? spatial.map(() => 1);
    const dilations = intsAttribute(operator, 'dilations') ?? spatial.map(() => 1);
    const autoPad = textAttribute(operator, 'auto_pad', 'NOTSET');
    const extents = spatial.map((extent, axis) => {
      const step = steps[axis] as number;
      if (autoPad.startsWith('SAME')) return Math.ceil(extent / step);
      const reach = (dilations[axis] as number) * ((kernel[axis] as number) - 1) + 1;
      const padded = extent + (pads[axis] as number) + (pads[axis + spatial.length] as number);
      return Math.floor((padded - reach) / step) + 1;
    });
    return [[x.shape[0] as number, w.shape[0] as number, ...extents]];
  },
  ConvTranspose: ([x, w], operator) => {
    if (x?.shape === undefined || w?.shape === undefined) return undefined;
    if (intsAttribute(operator, 'output_shape') !== undefined) return undefined;
    const spatial = x.shape.slice(2);
    const pads = intsAttribute(operator, 'pads') ?? spatial.flatMap(() => [0, 0]);
    const steps = intsAttribute(operator, 'strides') ?? spatial.map(() => 1);
    const dilations = intsAttribute(operator, 'dilations') ?? spatial.map(() => 1);
    const extra = intsAttribute(operator, 'output_padding') ?? spatial.map(() => 0);
    const extents = spatial.map((extent, axis) => {
      const reach = (dilations[axis] as number) * ((w.shape?.[2 + axis] as number) - 1) + 1;
      const cut = (pads[axis] as number) + (pads[axis + spatial.length] as number);
      return (steps[axis] as number) * (extent - 1) + (extra[axis] as number) + reach - cut;
    });
    return [[x.shape[0] as number, (w.shape[1] as number) * intAttribute(operator, 'group', 1), ...extents]];
  },
  Resize: ([x, , scales, sizes]) => [resized(x, sizes ?? undefined, scales)],
  Upsample: ([x, scales], operator) => [
    resized(
      x,
      undefined,
      scales ?? { elementType: 'float32', shape: [4], values: floatsAttribute(operator, 'scales') },
    ),
  ],
  DepthToSpace: ([x], operator) => {
    const side = intAttribute(operator, 'blocksize', 1);
    const [n, c, h, w] = x?.shape ?? [];
    if (n === undefined || c === undefined || h === undefined || w === undefined) return undefined;
    return [[n, c / side ** 2, h * side, w * side]];
  },
  Pad: ([x, pads, , axes], operator) => {
    const amounts = pads?.values ?? intsAttribute(operator, 'pads');
    if (x?.shape === undefined || amounts === undefined) return undefined;
    const shape = [...x.shape];
    const padded = axes?.values ?? [...shape.keys()];
    for (const [k, axis] of padded.entries()) {
      const at = frontAxis(axis, shape.length);
      shape[at] = (shape[at] as number) + (amounts[k] as number) + (amounts[k + padded.length] as number);
    }
    return [shape];
  },
  GlobalAveragePool: pooledWhole,
  GlobalMaxPool: pooledWhole,
  Reshape: ([x, target], operator) => {
    if (x?.shape === undefined || target?.values === undefined) return undefined;
    const keepZero = intAttribute(operator, 'allowzero', 0) !== 0;
    const shape = target.values.map((extent, axis) => (extent === 0 && !keepZero ? (x.shape?.[axis] ?? 0) : extent));
    const free = shape.indexOf(-1);
    if (free < 0) return [shape];
    const rest = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
    return [rest === 0 ? undefined : shape.with(free, elementCount(x.shape) / rest)];
  },
  Flatten: ([x], operator) => {
    if (x?.shape === undefined) return undefined;
    const axis = frontAxis(intAttribute(operator, 'axis', 1), x.shape.length);
    return [[elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))]];
  },
  Transpose: ([x], operator) => {
    if (x?.shape === undefined) return undefined;
    const perm = intsAttribute(operator, 'perm') ?? [...x.shape.keys()].reverse();
    return [perm.map((axis) => x.shape?.[axis] as number)];
  },
  Unsqueeze: ([x, axes], operator) => {
    const added = axes?.values ?? intsAttribute(operator, 'axes');
    if (x?.shape === undefined || added === undefined) return undefined;
    const rank = x.shape.length + added.length;
    const shape = [...x.shape];
    for (const axis of added.map((axis) => frontAxis(axis, rank)).sort((a, b) => a - b)) shape.splice(axis, 0, 1);
    return [shape];
  },
  Squeeze: ([x, axes], operator) => {
    if (x?.shape === undefined) return undefined;
    const rank = x.shape.length;
    const gone = (axes?.values ?? intsAttribute(operator, 'axes'))?.map((axis) => frontAxis(axis, rank));
    return [x.shape.filter((extent, axis) => (gone === undefined ? extent !== 1 : !gone.includes(axis)))];
  },
  Expand: ([x, extents]) => {
    if (x?.shape === undefined || extents?.values === undefined) return undefined;
    return [broadcastShapes(x.shape, extents.values)];
  },
  Concat: (inputs, operator) => {
    const shapes = inputs.map((input) => input?.shape);
    if (!shapes.every((shape): shape is Shape => shape !== undefined)) return undefined;
    const [shape] = shapes;
    if (shape === undefined) return undefined;
    const axis = frontAxis(intAttribute(operator, 'axis', 0), shape.length);
    return [
      shape.with(
        axis,
        shapes.reduce((sum, each) => sum + (each[axis] as number), 0),
      ),
    ];
  },
  Split: ([x, parts], operator) => {
    if (x?.shape === undefined) return undefined;
    const axis = frontAxis(intAttribute(operator, 'axis', 0), x.shape.length);
    const count = operator.outputs.length;
    const even = Math.ceil((x.shape[axis] as number) / count);
    const extents =
      parts?.values ??
      intsAttribute(operator, 'split') ??
      operator.outputs.map((_, i) => Math.min(even, (x.shape?.[axis] as number) - i * even));
    return extents.map((extent) => x.shape?.with(axis, extent));
  },
  Slice: ([x, starts, ends, axes, steps], operator) => {
    const from = starts?.values ?? intsAttribute(operator, 'starts');
    const to = ends?.values ?? intsAttribute(operator, 'ends');
    if (x?.shape === undefined || from === undefined || to === undefined) return undefined;
    const cut = axes?.values ?? intsAttribute(operator, 'axes') ?? [...from.keys()];
    const shape = [...x.shape];
    for (const [k, axis] of cut.entries()) {
      const at = frontAxis(axis, shape.length);
      shape[at] = slicedAxis(shape[at] as number, from[k] as number, to[k] as number, steps?.values?.[k] ?? 1).count;
    }
    return [shape];
  },
  Gather: ([x, picks], operator) => {
    if (x?.shape === undefined || picks?.shape === undefined) return undefined;
    const axis = frontAxis(intAttribute(operator, 'axis', 0), x.shape.length);
    return [[...x.shape.slice(0, axis), ...picks.shape, ...x.shape.slice(axis + 1)]];
  },
  GatherElements: ([, picks]) => [picks?.shape],
  Range: ([start, limit, step]) => {
    const [from, to, by] = [start?.values?.[0], limit?.values?.[0], step?.values?.[0]];
    if (from === undefined || to === undefined || by === undefined) return undefined;
    return [[Math.max(0, Math.ceil((to - from) / by))]];
  },
  MatMul: ([a, b]) => {
    if (a?.shape === undefined || b?.shape === undefined) return undefined;
    if (a.shape.length < 2 || b.shape.length < 2) return undefined;
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return batch && [[...batch, a.shape.at(-2) as number, b.shape.at(-1) as number]];
  },
  Gemm: ([a, b], operator) => {
    if (a?.shape === undefined || b?.shape === undefined) return undefined;
    const rows = a.shape[intAttribute(operator, 'transA', 0) === 0 ? 0 : 1] as number;
    return [[rows, b.shape[intAttribute(operator, 'transB', 0) === 0 ? 1 : 0] as number]];
  },
  ...Object.fromEntries(
    ['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL2', 'ReduceSumSquare'].map((type) => [
      type,
      reduced,
    ]),
  ),
};

function resized(x: TensorFacts | undefined, sizes: TensorFacts | undefined, scales: TensorFacts | undefined) {
  if (x?.shape === undefined) return undefined;
  if (sizes !== undefined) return sizes.values;
  return scales?.values && x.shape.map((extent, axis) => Math.floor(extent * (scales.values?.[axis] as number)));
}

function pooledWhole([x]: readonly (TensorFacts | undefined)[]): Shapes {
  return [x?.shape?.map((extent, axis) => (axis < 2 ? extent : 1))];
}

function reduced([x, axes]: readonly (TensorFacts | undefined)[], operator: ModelOperator): Shapes | undefined {
  if (x?.shape === undefined || (axes !== undefined && axes.values === undefined)) return undefined;
  const rank = x.shape.length;
  const listed = axes?.values ?? intsAttribute(operator, 'axes');
  const over = listed?.map((axis) => frontAxis(axis, rank)) ?? [...x.shape.keys()];
  if (intAttribute(operator, 'keepdims', 1) !== 0) {
    return [x.shape.map((extent, axis) => (over.includes(axis) ? 1 : extent))];
  }
  return [x.shape.filter((_, axis) => !over.includes(axis))];
}
