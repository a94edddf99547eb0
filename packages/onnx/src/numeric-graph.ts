import { type GraphConstant, type GraphOperator, writeGraph } from './graph-writer.js';
import type { TypedTensor } from './typed-tensor.js';

const CHANNELS = 16;
const WIDTH = 64;
const SIZE = 24;
const TOKENS = (SIZE / 2) ** 2;

/**
 * What a denoiser is made of, once each and just large enough to take the
 * vector kernels: convolution, group normalisation, SiLU, a strided
 * convolution, self-attention, layer normalisation, GELU, a wide matrix
 * product. x [1, 16, 24, 24] → y [1, 144, 256], float32.
 */
export function numericGraph(): Uint8Array<ArrayBuffer> {
  const weights = weightSource(1);
  const ones = (count: number): GraphConstant => ({ shape: [count], data: new Float32Array(count).fill(1) });
  const zeros = (count: number): GraphConstant => ({ shape: [count], data: new Float32Array(count) });
  const scalar = (value: number): GraphConstant => ({ shape: [1], data: Float32Array.of(value) });
  const shape = (...extents: number[]): GraphConstant => ({
    shape: [extents.length],
    data: BigInt64Array.from(extents, BigInt),
  });
  return writeGraph({
    inputs: [{ name: 'x', type: 'float32', shape: [1, CHANNELS, SIZE, SIZE] }],
    outputs: [{ name: 'y', type: 'float32', shape: [1, TOKENS, 4 * WIDTH] }],
    operators: [...convolutions, ...attention, ...feedForward],
    constants: {
      w1: weights([2 * CHANNELS, CHANNELS, 3, 3]),
      b1: weights([2 * CHANNELS]),
      groups: shape(1, 8, -1),
      groupScale: ones(8),
      groupShift: zeros(8),
      ungrouped: shape(1, 2 * CHANNELS, SIZE, SIZE),
      w2: weights([WIDTH, 2 * CHANNELS, 3, 3]),
      b2: weights([WIDTH]),
      cells: shape(1, WIDTH, TOKENS),
      wq: weights([WIDTH, WIDTH]),
      wk: weights([WIDTH, WIDTH]),
      wv: weights([WIDTH, WIDTH]),
      attentionScale: scalar(WIDTH ** -0.5),
      normScale: ones(WIDTH),
      normShift: zeros(WIDTH),
      wf: weights([WIDTH, 4 * WIDTH]),
      rootHalf: scalar(Math.SQRT1_2),
      one: scalar(1),
      half: scalar(0.5),
    },
  });
}

export function numericGraphInput(): TypedTensor {
  const { shape, data } = weightSource(2)([1, CHANNELS, SIZE, SIZE]);
  return { dtype: 'float32', shape, data: data as Float32Array };
}

const convolutions: readonly GraphOperator[] = [
  {
    type: 'Conv',
    inputs: ['x', 'w1', 'b1'],
    outputs: ['c1'],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
  },
  { type: 'Reshape', inputs: ['c1', 'groups'], outputs: ['g1'] },
  {
    type: 'InstanceNormalization',
    inputs: ['g1', 'groupScale', 'groupShift'],
    outputs: ['g2'],
    attributes: { epsilon: { float: 1e-5 } },
  },
  { type: 'Reshape', inputs: ['g2', 'ungrouped'], outputs: ['g3'] },
  { type: 'Sigmoid', inputs: ['g3'], outputs: ['s1'] },
  { type: 'Mul', inputs: ['g3', 's1'], outputs: ['s2'] },
  {
    type: 'Conv',
    inputs: ['s2', 'w2', 'b2'],
    outputs: ['c2'],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  { type: 'Reshape', inputs: ['c2', 'cells'], outputs: ['t1'] },
  { type: 'Transpose', inputs: ['t1'], outputs: ['tokens'], attributes: { perm: [0, 2, 1] } },
];

const attention: readonly GraphOperator[] = [
  { type: 'MatMul', inputs: ['tokens', 'wq'], outputs: ['q'] },
  { type: 'MatMul', inputs: ['tokens', 'wk'], outputs: ['k'] },
  { type: 'MatMul', inputs: ['tokens', 'wv'], outputs: ['v'] },
  { type: 'Transpose', inputs: ['k'], outputs: ['kt'], attributes: { perm: [0, 2, 1] } },
  { type: 'MatMul', inputs: ['q', 'kt'], outputs: ['scores'] },
  { type: 'Mul', inputs: ['scores', 'attentionScale'], outputs: ['scaled'] },
  { type: 'Softmax', inputs: ['scaled'], outputs: ['weights'] },
  { type: 'MatMul', inputs: ['weights', 'v'], outputs: ['attended'] },
  { type: 'Add', inputs: ['tokens', 'attended'], outputs: ['residual'] },
];

const feedForward: readonly GraphOperator[] = [
  { type: 'LayerNormalization', inputs: ['residual', 'normScale', 'normShift'], outputs: ['normed'] },
  { type: 'MatMul', inputs: ['normed', 'wf'], outputs: ['wide'] },
  { type: 'Mul', inputs: ['wide', 'rootHalf'], outputs: ['e1'] },
  { type: 'Erf', inputs: ['e1'], outputs: ['e2'] },
  { type: 'Add', inputs: ['e2', 'one'], outputs: ['e3'] },
  { type: 'Mul', inputs: ['wide', 'e3'], outputs: ['e4'] },
  { type: 'Mul', inputs: ['e4', 'half'], outputs: ['y'] },
];

/** Numbers in [−0.25, 0.25) from a linear congruential generator (Numerical Recipes), exact in float32. */
function weightSource(seed: number): (shape: readonly number[]) => GraphConstant {
  let state = seed;
  return (shape) => {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const data = Float32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return ((state >>> 8) / 2 ** 24 - 0.5) / 2;
    });
    return { shape, data };
  };
}
