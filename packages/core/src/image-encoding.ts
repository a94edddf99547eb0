import type { LatentFormat } from './latent-format.js';
import type { Pixels } from './stages.js';
import { type Tensor, tensor } from './tensor/tensor.js';

const f = Math.fround;

/**
 * What the first stage's encoder takes, as diffusers' VaeImageProcessor makes
 * it: 2 · (level / 255) − 1 in float32.
 *
 * @returns [3, height, width] in −1…1.
 */
export function encoderInput({ width, height, data }: Pixels): Tensor {
  const plane = height * width;
  const values = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) values[c * plane + i] = f(2 * f((data[3 * i + c] as number) / 255)) - 1;
  }
  return { shape: [3, height, width], data: values };
}

/**
 * The mean of the posterior, scaled: (z − shift) · s, or (z − mean) · s/std
 * where the format has statistics for each channel. The mean and not a draw:
 * the canvas is noised anyway, and equal pixels give equal latents.
 *
 * @param moments mean and log variance, [2 · channels, height, width].
 * @returns [channels, height, width]
 * @throws RangeError on another shape.
 */
export function latentFromMoments(moments: Tensor, format: LatentFormat): Tensor {
  const { channels, scalingFactor, shiftFactor, latentsMean, latentsStd } = format;
  const [all, height, width] = moments.shape;
  if (moments.shape.length !== 3 || all !== 2 * channels || height === undefined || width === undefined) {
    throw new RangeError(`moments of ${channels} channels expected, got [${moments.shape}]`);
  }
  const plane = height * width;
  const means = moments.data.subarray(0, channels * plane);
  const s = f(scalingFactor);
  const scaled = (mean: number, std: number) => (value: number) => f(f(f(value - f(mean)) * s) / f(std));
  const scale = Array.from({ length: channels }, (_, c) =>
    latentsMean === undefined || latentsStd === undefined
      ? scaled(shiftFactor, 1)
      : scaled(latentsMean[c] as number, latentsStd[c] as number),
  );
  return tensor(
    [channels, height, width],
    means.map((value, i) => (scale[Math.floor(i / plane)] as (value: number) => number)(value)),
  );
}
