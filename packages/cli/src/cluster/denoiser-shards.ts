import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { invalidField } from '@tessera/core';
import { inspectModel, resolveModel } from '@tessera/models';
import { BUILT_IN_MODELS, MOST_PARTS } from '@tessera/runtime';
import type { ClusterSettings } from './process-specs.js';

/** Operators are not divided: the heaviest part may have a tenth more than its share. */
const UNEVEN = 1.1;

/**
 * Parts of every denoiser; 1 when they are whole. Where a size was given, so
 * many that the largest model's parts have about that of its weights each.
 *
 * @throws TesseraError not_found, failed_precondition of a model; invalid_argument when it would be too many.
 */
export async function denoiserShards({ values }: ClusterSettings): Promise<number> {
  const { shardDenoiser, model, home } = values;
  if (shardDenoiser === undefined) return 1;
  if ('parts' in shardDenoiser) return shardDenoiser.parts;
  const sizes = await Promise.all(model.map((name) => denoiserBytes(name, home)));
  const parts = Math.ceil((UNEVEN * Math.max(...sizes)) / shardDenoiser.partBytes);
  if (parts > MOST_PARTS) {
    throw invalidField('--shard-denoiser', `must make at most ${MOST_PARTS} parts`, `${parts} of them`);
  }
  return Math.max(1, parts);
}

/** Of the files that its weights are in. */
async function denoiserBytes(nameOrPath: string, home: string): Promise<number> {
  const { folder } = await resolveModel(nameOrPath, { home, builtinDir: BUILT_IN_MODELS });
  const { card, files } = inspectModel(folder);
  const place = `${dirname(card.files.denoiser)}/`;
  const weights = files.filter((path) => path.startsWith(place) && !path.endsWith('.json'));
  const sizes = await Promise.all(weights.map(async (path) => (await stat(join(folder, path))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
