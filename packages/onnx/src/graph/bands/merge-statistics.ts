import type { BandNorm } from './band-plan.js';
import type { GroupStatistics } from './group-statistics.js';

/** What a normalisation does to each channel: y = scale · x + shift. */
export interface ChannelScaling {
  readonly scale: Float32Array<ArrayBuffer>;
  readonly shift: Float32Array<ArrayBuffer>;
}

/**
 * The scaling of a group normalisation over a whole image, from the statistics
 * of its bands in order from top to bottom: strips are merged one after the
 * other in float64, each result rounded once.
 * @see Chan, Golub, LeVeque: Updating Formulae and a Pairwise Algorithm for Computing Sample Variances (1979), eq. 2.1.
 */
export function channelScaling(norm: BandNorm, bands: readonly GroupStatistics[]): ChannelScaling {
  const channels = norm.scale.length;
  const merged = Array.from({ length: norm.groups }, (_, group) => mergedGroup(bands, group));
  const scale = new Float32Array(channels);
  const shift = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const { n, mean, m2 } = merged[Math.floor((channel * norm.groups) / channels)] as MergedGroup;
    const factor = (norm.scale[channel] as number) / Math.sqrt(m2 / n + norm.epsilon);
    scale[channel] = factor;
    shift[channel] = (norm.bias[channel] as number) - mean * factor;
  }
  return { scale, shift };
}

interface MergedGroup {
  readonly n: number;
  readonly mean: number;
  readonly m2: number;
}

function mergedGroup(bands: readonly GroupStatistics[], group: number): MergedGroup {
  let n = 0;
  let mean = 0;
  let m2 = 0;
  for (const { count, groups, means, m2s } of bands) {
    for (let at = group; at < means.length; at += groups) {
      const total = n + count;
      const delta = (means[at] as number) - mean;
      mean += (delta * count) / total;
      m2 += (m2s[at] as number) + (delta * delta * n * count) / total;
      n = total;
    }
  }
  return { n, mean, m2 };
}
