import type { LatentFormat } from './latent-format.js';
import { roundHalfEven } from './schedule/spaced.js';
import type { Pixels } from './stages.js';
import { type Tensor, tensor } from './tensor/tensor.js';

const f = Math.fround;

/**
 * The decoder's output as RGB8, as diffusers' VaeImageProcessor converts it:
 * clamp(x/2 + ½, 0, 1) · 255 in float32, rounded half to even.
 *
 * @param decoded [3, height, width] in [−1, 1].
 * @throws RangeError on another shape.
 */
export function pixelsFromDecoded(decoded: Tensor): Pixels {
  const [channels, height, width] = decoded.shape;
  if (decoded.shape.length !== 3 || channels !== 3 || height === undefined || width === undefined) {
    throw new RangeError(`pixels are made from [3, height, width], not [${decoded.shape}]`);
  }
  const plane = height * width;
  const data = new Uint8Array(3 * plane);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < plane; i++) data[3 * i + c] = byteFromUnit(decoded.data[c * plane + i] as number);
  }
  return { width, height, data };
}

/** 0…255 from −1…1. */
export function byteFromUnit(x: number): number {
  return roundHalfEven(f(Math.min(Math.max(f(f(x / 2) + 0.5), 0), 1) * 255));
}

/**
 * The latent that the first stage's decoder takes: z/s + shift, or z·std/s +
 * mean where the format has statistics for each channel.
 *
 * @param latent the scaled latent z, [channels, height, width].
 */
export function unscaledLatent(latent: Tensor, format: LatentFormat): Tensor {
  const { scalingFactor, shiftFactor, latentsMean, latentsStd } = format;
  const z = latent.data;
  const s = f(scalingFactor);
  if (latentsMean === undefined || latentsStd === undefined) {
    const shift = f(shiftFactor);
    return tensor(
      latent.shape,
      z.map((value) => f(value / s) + shift),
    );
  }
  const plane = z.length / format.channels;
  const out = z.map((value, i) => {
    const channel = Math.floor(i / plane);
    return f(f(value * f(latentsStd[channel] as number)) / s) + f(latentsMean[channel] as number);
  });
  return tensor(latent.shape, out);
}
