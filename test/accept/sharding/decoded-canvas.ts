import { createHash } from 'node:crypto';
import { elementCount, type Plan, splitRows, type Tensor } from '@tessera/core';
import type { Decoders } from '../../support/decoders.js';
import { seededRandom } from '../../support/seeded-random.js';

export const SIZE = { width: 1024, height: 1024 };

/** Normal enough for a decoder: the sum of a few uniform numbers. */
export function randomLatent(shape: readonly number[], seed: number): Tensor {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: elementCount(shape) }, () => random() + random() + random() + random() - 2);
  return { shape, data };
}

/** The plan with so many bands of about equal height in place of its own; `whole` is the uncut graph. */
export function planWith(plan: Plan, bands: number | 'planned' | 'whole'): Plan {
  if (bands === 'planned') return plan;
  const { decode: _, ...rest } = plan;
  if (bands === 'whole') return rest;
  const bandStarts = splitRows(plan.latentShape[1], bands).map(({ start }) => start);
  return { ...rest, decode: { halo: { x: 0, y: 0 }, bandStarts } };
}

export async function imageSha256(decoders: Decoders, plan: Plan, latent: Tensor): Promise<string> {
  const hash = createHash('sha256');
  for await (const { data } of decoders.bands(plan, latent)) hash.update(data);
  return hash.digest('hex');
}
