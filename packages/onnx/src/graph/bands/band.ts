import { type Band, type BandExtent, bandsOf, invalidField } from '@tessera/core';
import { elementBytes } from '../element-type.js';
import type { BandPlan } from './band-plan.js';

export { type Band, splitRows } from '@tessera/core';

/** What of a plan decides the bands of an image. */
export function bandExtent({ images, fewestLatentRows }: Pick<BandPlan, 'images' | 'fewestLatentRows'>): BandExtent {
  const bytes = Object.values(images).map(
    ({ channels, rowsPerLatentRow, elementType }) => channels * rowsPerLatentRow ** 2 * elementBytes(elementType),
  );
  return { bytesPerCell: Math.max(...bytes), fewestRows: fewestLatentRows };
}

/**
 * The bands of an image: a function of its extents and the plan alone, so that
 * any number of workers can share them.
 */
export function bandGrid(plan: BandPlan, latentRows: number, latentColumns: number): readonly Band[] {
  return bandsOf(bandExtent(plan), latentRows, latentColumns);
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
