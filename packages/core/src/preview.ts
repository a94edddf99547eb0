import { TesseraError } from './errors.js';
import type { LatentFormat } from './latent-format.js';
import { byteFromUnit } from './pixels.js';
import type { Pixels } from './stages.js';
import type { Tensor } from './tensor/tensor.js';

/**
 * A cheap image of a denoised estimate by the model's linear latent → RGB map,
 * one pixel for each latent cell.
 *
 * @param denoised x̂₀, scaled, [channels, height, width]; never the noisy sample.
 * @throws TesseraError `failed_precondition` when the latent format has no preview map.
 */
export function previewPixels(denoised: Tensor, format: LatentFormat): Pixels {
  if (format.preview === undefined) {
    throw new TesseraError('failed_precondition', 'the model has no linear preview map; ask for decoded previews');
  }
  const { factors, bias } = format.preview;
  const [channels, height, width] = denoised.shape as readonly [number, number, number];
  const plane = height * width;
  const data = new Uint8Array(3 * plane);
  for (let rgb = 0; rgb < 3; rgb++) {
    for (let i = 0; i < plane; i++) {
      let x = bias[rgb] as number;
      for (let c = 0; c < channels; c++) {
        x += (denoised.data[c * plane + i] as number) * ((factors[c] as readonly number[])[rgb] as number);
      }
      data[3 * i + rgb] = byteFromUnit(x);
    }
  }
  return { width, height, data };
}
