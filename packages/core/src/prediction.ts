import type { PredictionType, SchedulerConfig } from './schedule/config.js';
import { torchSqrt } from './schedule/torch-sqrt.js';

const f = Math.fround;

/**
 * x̂₀ from what the network predicts, where x = α·x₀ + σ·ε with α² + σ² = 1
 * (DDIM eq. 12; v of Salimans and Ho, arXiv 2202.00512).
 *
 * @param x the noisy latent x_t.
 * @param m the prediction, of the same length.
 * @param alpha √ᾱ_t, float32.
 * @param sigma √(1 − ᾱ_t), float32.
 */
export function denoisedFromPrediction(
  type: PredictionType,
  x: Float32Array,
  m: Float32Array,
  alpha: number,
  sigma: number,
): Float32Array {
  if (type === 'sample') return m.slice();
  const out = new Float32Array(x.length);
  if (type === 'epsilon') {
    for (let i = 0; i < out.length; i++) out[i] = f((x[i] as number) - f(sigma * (m[i] as number))) / alpha;
  } else {
    for (let i = 0; i < out.length; i++) out[i] = f(alpha * (x[i] as number)) - f(sigma * (m[i] as number));
  }
  return out;
}

/** The noise ε that goes with a prediction; arguments as for `denoisedFromPrediction`. */
export function epsilonFromPrediction(
  type: PredictionType,
  x: Float32Array,
  m: Float32Array,
  alpha: number,
  sigma: number,
): Float32Array {
  if (type === 'epsilon') return m;
  const out = new Float32Array(x.length);
  if (type === 'sample') {
    for (let i = 0; i < out.length; i++) out[i] = f((x[i] as number) - f(alpha * (m[i] as number))) / sigma;
  } else {
    for (let i = 0; i < out.length; i++) out[i] = f(alpha * (m[i] as number)) + f(sigma * (x[i] as number));
  }
  return out;
}

/** x̂₀ in the Karras form x = x₀ + σ·ε; `x` is the unscaled sample. */
export function denoisedAtSigma(type: PredictionType, x: Float32Array, m: Float32Array, sigma: number): Float32Array {
  if (type === 'sample') return m.slice();
  const out = new Float32Array(x.length);
  if (type === 'epsilon') {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) - f(sigma * (m[i] as number));
    return out;
  }
  const s = f(f(sigma * sigma) + 1);
  const c = f(-sigma / torchSqrt(s));
  for (let i = 0; i < out.length; i++) out[i] = f((m[i] as number) * c) + f((x[i] as number) / s);
  return out;
}

/** Whether and how x̂₀ is kept in range. */
export type ClippingConfig = Pick<
  SchedulerConfig,
  'clipSample' | 'clipSampleRange' | 'thresholding' | 'dynamicThresholdingRatio' | 'sampleMaxValue'
>;

/** x̂₀ kept in range as the model's configuration asks; thresholding goes before clipping. */
export function clipDenoised(config: ClippingConfig, denoised: Float32Array): Float32Array {
  if (config.thresholding) return dynamicallyThresholded(config, denoised);
  if (!config.clipSample) return denoised;
  const range = f(config.clipSampleRange);
  return denoised.map((x) => Math.min(Math.max(x, -range), range));
}

/** Dynamic thresholding (Imagen, arXiv 2205.11487, §2.3), over the whole latent. */
function dynamicallyThresholded(config: ClippingConfig, denoised: Float32Array): Float32Array {
  const quantile = quantileOf(denoised.map(Math.abs), config.dynamicThresholdingRatio);
  const s = Math.min(Math.max(quantile, 1), f(config.sampleMaxValue));
  return denoised.map((x) => Math.min(Math.max(x, -s), s) / s);
}

/** `torch.quantile(values, q)` with linear interpolation, float32. Sorts in place. */
function quantileOf(values: Float32Array, q: number): number {
  values.sort();
  const rank = f(f(q) * (values.length - 1));
  const below = Math.floor(rank);
  const low = values[below] as number;
  const high = values[Math.ceil(rank)] as number;
  return lerp(low, high, f(rank - below));
}

/** `torch.lerp`: from the nearer end. */
function lerp(start: number, end: number, weight: number): number {
  const difference = f(end - start);
  return weight < 0.5 ? f(start + f(weight * difference)) : f(end - f(difference * f(1 - weight)));
}
