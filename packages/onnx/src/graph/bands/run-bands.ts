import { type Band, invalidField } from '@tessera/core';
import type { TypedTensor } from '../../typed-tensor.js';
import type { NamedTensors } from '../parts/run-parts.js';
import { checkBands } from './band.js';
import { BandExchange } from './band-exchange.js';
import type { BandHolder } from './band-holder.js';
import type { BandPlan, BandSegment } from './band-plan.js';
import { alone, type ShareLink } from './share-link.js';
import { rowCount } from './tensor-rows.js';

export interface BandRows {
  readonly band: Band;
  readonly rows: TypedTensor;
}

/** Runs a whole segment, anywhere; the feeds are given away. */
export type WholeRun = (segment: BandSegment, feeds: NamedTensors) => Promise<NamedTensors>;

/**
 * Runs a planned network over bands, wherever they are held: segment after
 * segment, all bands of a segment at once. Neighbours' rows and statistics go
 * through here; a tensor goes as a whole only around a `whole` segment.
 * The bits of the result do not depend on the bands, nor on who holds them.
 * @param holders in order from top to bottom, covering the image.
 * @yields the result's rows, from top to bottom.
 * @throws TesseraError invalid_argument when input and bands do not fit the plan.
 */
export async function* runBands(
  plan: BandPlan,
  holders: readonly BandHolder[],
  runWhole: WholeRun,
  input: TypedTensor,
  signal?: AbortSignal,
): AsyncGenerator<BandRows> {
  const bands = holders.map(({ band }) => band);
  const latentRows = latentRowsOf(plan, input);
  checkBands(plan, bands, latentRows);
  yield* runShare(plan, holders, runWhole, input, alone(latentRows), signal);
}

/**
 * One share of `runBands`: the same program on every worker, each with its own
 * bands. Whole segments run at the first share.
 * @param holders the share's bands, from top to bottom.
 * @param input the share's own rows.
 * @yields the share's own rows of the result, from top to bottom.
 */
export async function* runShare(
  plan: BandPlan,
  holders: readonly BandHolder[],
  runWhole: WholeRun,
  input: TypedTensor,
  link: ShareLink,
  signal?: AbortSignal,
): AsyncGenerator<BandRows> {
  const exchange = new BandExchange(plan, holders, link);
  await exchange.handOut({ [plan.input]: input });
  for (const [at, segment] of plan.segments.entries()) {
    signal?.throwIfAborted();
    if (segment.kind === 'banded') await exchange.advance(at);
    else await exchange.runWhole(segment, runWhole);
  }
  signal?.throwIfAborted();
  for (const holder of holders) yield { band: holder.band, rows: await holder.rows(plan.output) };
}

/** @throws TesseraError invalid_argument when the input's rows are not whole rows of a latent. */
export function latentRowsOf(plan: BandPlan, input: TypedTensor): number {
  const perLatentRow = plan.images[plan.input]?.rowsPerLatentRow as number;
  const latentRows = rowCount(input) / perLatentRow;
  if (!Number.isInteger(latentRows))
    throw invalidField(plan.input, `must have a multiple of ${perLatentRow} rows`, rowCount(input));
  return latentRows;
}
