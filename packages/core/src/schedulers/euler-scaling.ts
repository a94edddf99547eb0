import { torchSqrt } from '../schedule/torch-sqrt.js';
import type { Tensor } from '../tensor/tensor.js';

const f = Math.fround;

/** x / √(σ² + 1): what an Euler scheduler's network takes. */
export function scaledModelInput(sample: Tensor, sigma: number): Tensor {
  const divisor = torchSqrt(f(f(sigma * sigma) + 1));
  return { shape: sample.shape, data: sample.data.map((x) => x / divisor) };
}

/** The initial sample, noise · initNoiseSigma. */
export function scaledNoise(noise: Tensor, initNoiseSigma: number): Tensor {
  return { shape: noise.shape, data: noise.data.map((z) => z * initNoiseSigma) };
}
