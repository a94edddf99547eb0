import type { BandPlan } from './band-plan.js';

/**
 * Latent rows on each side that a row of the result depends on through
 * convolutions and enlargements; what a whole segment or a normalisation sees
 * of the rest of the image does not count.
 */
export function reachOf({ input, output, images, segments }: BandPlan): number {
  const reach = new Map([[input, 0]]);
  for (const segment of segments) {
    const widest = segment.inputs.map(({ tensor, above, below }) => {
      const rows = images[tensor]?.rowsPerLatentRow ?? 1;
      return (reach.get(tensor) ?? 0) + Math.max(above, below) / rows;
    });
    for (const tensor of segment.outputs) reach.set(tensor, Math.max(0, ...widest));
  }
  return Math.ceil(reach.get(output) ?? 0);
}
