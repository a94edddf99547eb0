import { elementCount, type Tensor, tensor } from '../tensor/tensor.js';
import { createTorchGenerator } from './torch-generator.js';

/** The draws of one generation, each of the whole canvas, in the order torch would make them. */
export interface NoiseStream {
  /**
   * Draw number `draw`, of the stream's shape; 0 is the initial noise. Going
   * forward costs no more than drawing; going back starts over from the seed.
   */
  at(draw: number): Tensor;
}

/**
 * @param seed as for `createTorchGenerator`.
 * @param shape of every draw.
 */
export function createNoiseStream(seed: bigint | string | number, shape: readonly number[]): NoiseStream {
  const count = elementCount(shape);
  let generator = createTorchGenerator(seed);
  let position = 0;

  function at(draw: number): Tensor {
    if (!Number.isSafeInteger(draw) || draw < 0) throw new RangeError(`a draw is numbered from 0, not ${draw}`);
    if (draw < position) {
      generator = createTorchGenerator(seed);
      position = 0;
    }
    for (; position < draw; position++) generator.skip(count);
    position += 1;
    return tensor(shape, generator.randn(count));
  }

  return { at };
}
