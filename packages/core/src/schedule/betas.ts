import type { SchedulerConfig } from './config.js';
import { torchLinspace } from './spaced.js';
import { torchSqrt } from './torch-sqrt.js';

const f = Math.fround;

/** What the betas depend on. */
export type BetaConfig = Pick<
  SchedulerConfig,
  'numTrainTimesteps' | 'betaStart' | 'betaEnd' | 'betaSchedule' | 'trainedBetas' | 'rescaleBetasZeroSnr'
>;

/** β_t, one for each training timestep, bit for bit those of diffusers. */
export function betasOf(config: BetaConfig): Float32Array {
  const betas = unscaledBetas(config);
  return config.rescaleBetasZeroSnr ? rescaledToZeroTerminalSnr(betas) : betas;
}

function unscaledBetas(config: BetaConfig): Float32Array {
  const { numTrainTimesteps: T, betaStart, betaEnd, betaSchedule, trainedBetas } = config;
  if (trainedBetas !== null) return Float32Array.from(trainedBetas);
  switch (betaSchedule) {
    case 'linear':
      return torchLinspace(betaStart, betaEnd, T);
    case 'scaled_linear':
      return torchLinspace(Math.sqrt(betaStart), Math.sqrt(betaEnd), T).map((root) => root * root);
    case 'squaredcos_cap_v2':
      return Float32Array.from({ length: T }, (_, i) =>
        Math.min(1 - cosineAlphaBar((i + 1) / T) / cosineAlphaBar(i / T), 0.999),
      );
  }
}

/** ᾱ(u) of Nichol and Dhariwal (arXiv 2102.09672, eq. 17), u in [0, 1]. */
function cosineAlphaBar(u: number): number {
  return Math.cos((((u + 0.008) / 1.008) * Math.PI) / 2) ** 2;
}

/** ᾱ_t = Π (1 − β_s), accumulated in float64 and rounded once each. */
export function alphasCumprodOf(betas: Float32Array): Float32Array {
  let product = 1;
  return betas.map((beta) => {
    product *= f(1 - beta);
    return product;
  });
}

/** Algorithm 1 of Lin et al. (arXiv 2305.08891): the last timestep becomes pure noise. */
function rescaledToZeroTerminalSnr(betas: Float32Array): Float32Array {
  const root = alphasCumprodOf(betas).map(torchSqrt);
  const first = root[0] as number;
  const last = root[root.length - 1] as number;
  const stretch = f(first / f(first - last));
  const alphasCumprod = root.map((r) => f(f(r - last) * stretch)).map((r) => r * r);
  return alphasCumprod.map((alphaBar, t) => 1 - f(t === 0 ? alphaBar : alphaBar / (alphasCumprod[t - 1] as number)));
}
