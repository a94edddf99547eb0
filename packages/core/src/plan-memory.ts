import type { Plan } from './plan.js';
import { elementCount } from './tensor/tensor.js';

/** Latent-sized arrays alive at once in a step: sample, next, model input, denoised, noise, guided, two predictions, four of history. */
const LIVE_LATENTS = 12;
/** Copies of the image alive at its end: as decoded, as sent, as encoded. */
const LIVE_IMAGES = 3;

/**
 * Forecast, in bytes, of what the gateway holds at most for one image. Of
 * several windows, each is held as it is cut and as it is predicted until
 * those before it are merged, which may be the whole step.
 *
 * @param sides predictions for each window: two under guidance.
 */
export function peakMemoryOf(
  { latentShape, windows, width, height }: Pick<Plan, 'latentShape' | 'windows' | 'width' | 'height'>,
  sides: number,
): number {
  const latentBytes = 4 * elementCount(latentShape);
  const windowCells = windows.reduce((cells, window) => cells + window.width * window.height, 0);
  const windowBytes = windows.length > 1 ? 4 * latentShape[0] * windowCells * (1 + sides) : 0;
  return LIVE_LATENTS * latentBytes + windowBytes + LIVE_IMAGES * 3 * width * height;
}
