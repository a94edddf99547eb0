import { numpyLog } from './numpy-log.js';
import { numpyLinspace } from './spaced.js';
import { torchSqrt } from './torch-sqrt.js';

const f = Math.fround;
/** Karras et al. (arXiv 2206.00364), eq. 5. */
const RHO = 7;

/** σ_t = √((1 − ᾱ_t) / ᾱ_t) for each training timestep, float32. */
export function trainingSigmas(alphasCumprod: Float32Array): Float32Array {
  return alphasCumprod.map((alphaBar) => torchSqrt(f(f(1 - alphaBar) / alphaBar)));
}

/** `numpy.interp(timestep, 0…T−1, sigmas)`, float64. */
export function sigmaAt(timestep: number, sigmas: Float32Array): number {
  const last = sigmas.length - 1;
  if (timestep >= last) return sigmas[last] as number;
  const i = Math.floor(timestep);
  const lower = sigmas[i] as number;
  return ((sigmas[i + 1] as number) - lower) * (timestep - i) + lower;
}

/** `count` sigmas from max to min, evenly spread in σ^(1/ρ), float64. */
export function karrasSigmas(min: number, max: number, count: number): number[] {
  const minRoot = min ** (1 / RHO);
  const maxRoot = max ** (1 / RHO);
  return numpyLinspace(0, 1, count).map((ramp) => (maxRoot + ramp * (minRoot - maxRoot)) ** RHO);
}

/** The inverse of `sigmaAt`, linear in log σ, for several sigmas: fractional timesteps, float64. */
export function timestepsAt(sigmas: readonly number[], training: Float32Array): number[] {
  const logs = training.map(numpyLog);
  return sigmas.map((sigma) => {
    const logSigma = Math.log(Math.max(sigma, 1e-10));
    const above = logs.findIndex((log) => logSigma - log < 0);
    const low = Math.min(Math.max((above === -1 ? logs.length : above) - 1, 0), logs.length - 2);
    const lowLog = logs[low] as number;
    const w = Math.min(Math.max((lowLog - logSigma) / f(lowLog - (logs[low + 1] as number)), 0), 1);
    return (1 - w) * low + w * (low + 1);
  });
}
