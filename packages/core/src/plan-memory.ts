import type { Plan } from './plan.js';
import type { ImageFormat } from './request.js';
import { elementCount } from './tensor/tensor.js';
import { windowsPerStep } from './windows/moving-grid.js';
import type { WindowLayout } from './windows/window-grid.js';

/** Latent-sized arrays alive at once in a step: sample, next, model input, denoised, noise, guided, two predictions, four of history. */
const LIVE_LATENTS = 12;
/** The same where the next step is under way before this one is done: all but the sample twice. */
const LIVE_OVERLAPPING_LATENTS = 2 * LIVE_LATENTS - 1;
/** Copies of a small image alive at its end: as decoded, as sent, as encoded. */
const LIVE_IMAGES = 3;
/**
 * Copies of an image that is decoded in bands. A PNG is written, and left to the
 * Bus, region by region: its regions in all forms are less than the image; of
 * other formats the pixels are gathered for their encoder.
 */
const LIVE_BANDED_IMAGES = { png: 1, jpeg: 2, webp: 2 } as const;

/**
 * Forecast, in bytes, of what the gateway holds at most for one image. Of
 * several windows, each is held as it is cut and as it is predicted until
 * those before it are merged, which may be the whole step.
 *
 * @param sides predictions for each window: two under guidance.
 */
export function peakMemoryOf(
  plan: WindowLayout & Pick<Plan, 'width' | 'height' | 'decode'>,
  format: ImageFormat,
  sides: number,
): number {
  const { latentShape, windows, width, height, decode } = plan;
  const images = decode?.bandStarts === undefined ? LIVE_IMAGES : LIVE_BANDED_IMAGES[format];
  const latentBytes = 4 * elementCount(latentShape);
  const windowCells = windowsPerStep(plan) * (windows[0]?.width ?? 0) * (windows[0]?.height ?? 0);
  const windowBytes = windows.length > 1 ? 4 * latentShape[0] * windowCells * (1 + sides) : 0;
  const latents = windows.length > 1 ? LIVE_OVERLAPPING_LATENTS : LIVE_LATENTS;
  return latents * latentBytes + windowBytes + images * 3 * width * height;
}
