import { type PlainTensor, type Plan, tensorFromPlain, type Window } from '../plan.js';
import type { Tensor } from '../tensor/tensor.js';

/** SDXL's size and crop conditioning. */
export const TIME_IDS = 'time_ids';

/**
 * A plan's denoiser inputs for one of its windows. SDXL (arXiv 2307.01952,
 * §2.2) is told the whole image as original and target size, and where in it
 * the window begins as the crop offset, as DemoFusion does (arXiv 2311.16973;
 * `pipeline_demofusion_sdxl.py` of diffusers' community pipelines).
 */
export function windowInputs(
  { denoiserInputs, height, latentShape }: Pick<Plan, 'denoiserInputs' | 'height' | 'latentShape'>,
  window: Window,
): Readonly<Record<string, Tensor>> {
  const pixelsPerCell = height / latentShape[1];
  return Object.fromEntries(
    Object.entries(denoiserInputs).map(([name, plain]) => [
      name,
      tensorFromPlain(name === TIME_IDS ? atWindow(plain, window, pixelsPerCell) : plain),
    ]),
  );
}

function atWindow({ shape, data }: PlainTensor, { x, y }: Window, pixelsPerCell: number): PlainTensor {
  const [originalHeight = 0, originalWidth = 0, , , ...targetSize] = data;
  return { shape, data: [originalHeight, originalWidth, y * pixelsPerCell, x * pixelsPerCell, ...targetSize] };
}
