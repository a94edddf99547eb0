import { torchSqrt } from '../schedule/torch-sqrt.js';
import type { Tensor } from '../tensor/tensor.js';

const f = Math.fround;

/** α·x + σ·n, one rounding for each operation. */
export function noised(latent: Tensor, noise: Tensor, alpha: number, sigma: number): Tensor {
  assertSameLength(latent, noise);
  const n = noise.data;
  return { shape: latent.shape, data: latent.data.map((x, i) => f(alpha * x) + f(sigma * (n[i] as number))) };
}

/** √ᾱ·x + √(1 − ᾱ)·n (arXiv 2006.11239, eq. 4). */
export function noisedAtAlphaCumprod(latent: Tensor, noise: Tensor, alphaCumprod: number): Tensor {
  return noised(latent, noise, torchSqrt(alphaCumprod), torchSqrt(f(1 - alphaCumprod)));
}

/** x + σ·n (arXiv 2206.00364, table 1). */
export function noisedAtSigma(latent: Tensor, noise: Tensor, sigma: number): Tensor {
  return noised(latent, noise, 1, sigma);
}

function assertSameLength(latent: Tensor, noise: Tensor): void {
  if (latent.data.length === noise.data.length) return;
  throw new RangeError(`noise of [${noise.shape}] does not fit a latent of [${latent.shape}]`);
}
