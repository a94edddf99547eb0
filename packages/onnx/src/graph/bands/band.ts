import { invalidField } from '@tessera/core';
import type { BandPlan } from './band-plan.js';

/** Rows of the latent, from `start` up to `end`, and of every image in proportion. */
export interface Band {
  readonly start: number;
  readonly end: number;
}

/** Splits latent rows into bands whose heights differ by one at most. */
export function splitRows(latentRows: number, count: number): readonly Band[] {
  return Array.from({ length: count }, (_, i) => ({
    start: Math.floor((i * latentRows) / count),
    end: Math.floor(((i + 1) * latentRows) / count),
  }));
}

/** @throws TesseraError invalid_argument unless the bands cover the rows from top to bottom, each as high as the plan needs. */
export function checkBands(plan: BandPlan, bands: readonly Band[], latentRows: number): void {
  let covered = 0;
  for (const { start, end } of bands) {
    if (start !== covered) throw invalidField('bands', `must go on at row ${covered} of the latent`, start);
    if (end - start < Math.min(plan.fewestLatentRows, latentRows)) {
      throw invalidField('bands', `must have at least ${plan.fewestLatentRows} rows of the latent each`, end - start);
    }
    covered = end;
  }
  if (covered !== latentRows) throw invalidField('bands', `must end at row ${latentRows} of the latent`, covered);
}
