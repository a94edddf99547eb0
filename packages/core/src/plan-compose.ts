import type { ModelCard } from './model-card.js';
import type { ComposePlan } from './plan.js';
import type { GenerationRequest } from './request.js';
import type { Scheduler } from './schedulers/scheduler.js';
import { nativeWindow } from './windows/native-window.js';
import type { Extent } from './windows/window-grid.js';

/** Steps that an image of this strength takes: min(int(steps · strength), steps), as diffusers' image-to-image pipelines. */
export function stepsOfStrength(steps: number, strength: number): number {
  return Math.min(Math.trunc(steps * strength), steps);
}

/** How a large image starts from one of native size; `undefined` where the request does not ask for it. */
export function planCompose(
  request: GenerationRequest,
  card: ModelCard,
  scheduler: Scheduler,
): ComposePlan | undefined {
  const { compose, steps } = request;
  if (compose === undefined) return undefined;
  const { strength } = compose;
  const startStep = scheduler.startStep(steps - stepsOfStrength(steps, strength));
  const { width, height } = baseSize(request, card);
  return { strength, startStep, baseWidth: width, baseHeight: height };
}

/** The native-size canvas, in pixels, whose aspect is nearest to the image's: full in one axis, whole multiples in the other. */
function baseSize({ width, height }: Extent, card: ModelCard): Extent {
  const { latentMultiple, denoiser, latentFormat } = card;
  const native = nativeWindow(card);
  const inPixels = (cells: Extent) => ({
    width: cells.width * latentFormat.spatialCompression,
    height: cells.height * latentFormat.spatialCompression,
  });
  if (denoiser.fixedSize !== undefined) return inPixels(native);
  const candidates = [
    ...multiples(latentMultiple, native.width).map((cells) => ({ width: cells, height: native.height })),
    ...multiples(latentMultiple, native.height).map((cells) => ({ width: native.width, height: cells })),
  ];
  const distance = (base: Extent) => Math.abs(Math.log((base.width * height) / (base.height * width)));
  return inPixels(candidates.reduce((best, base) => (distance(base) < distance(best) ? base : best)));
}

/** From the largest down. */
function multiples(of: number, max: number): readonly number[] {
  return Array.from({ length: Math.floor(max / of) }, (_, i) => (Math.floor(max / of) - i) * of);
}
