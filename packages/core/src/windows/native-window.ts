import type { ModelCard } from '../model-card.js';
import type { Extent } from './window-grid.js';

/** Latent cells of one evaluation on a canvas that is no smaller. */
export function nativeWindow({ denoiser, nativeCanvas }: ModelCard): Extent {
  return denoiser.fixedSize ?? nativeCanvas;
}
