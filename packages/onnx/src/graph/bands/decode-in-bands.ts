import type { TypedTensor } from '../../typed-tensor.js';
import { type Band, splitRows } from './band.js';
import type { BandPlan } from './band-plan.js';
import { LocalBand, type SegmentRun } from './local-band.js';
import { latentRowsOf, runBands } from './run-bands.js';
import { stackRows } from './tensor-rows.js';

/**
 * Runs a planned network in this process, one band after the other within each
 * segment, so that `run` never holds more than one band at a time.
 * @param run runs one segment's graph; see SegmentRun.
 * @param input of the whole image, [1, channels, rows, columns].
 * @param bands a number splits the latent's rows evenly.
 * @returns the whole result, bit for bit the same for any bands.
 */
export async function decodeInBands(
  plan: BandPlan,
  run: SegmentRun,
  input: TypedTensor,
  bands: number | readonly Band[],
  signal?: AbortSignal,
): Promise<TypedTensor> {
  const latentRows = latentRowsOf(plan, input);
  const oneByOne = inTurn(run);
  const grid = typeof bands === 'number' ? splitRows(latentRows, bands) : bands;
  const holders = grid.map((band) => new LocalBand(plan, band, latentRows, oneByOne));
  const rows: TypedTensor[] = [];
  for await (const result of runBands(plan, holders, oneByOne, input, signal)) rows.push(result.rows);
  return stackRows(rows);
}

/** The same run, each call after the one before it has ended. */
function inTurn(run: SegmentRun): SegmentRun {
  let last: Promise<unknown> = Promise.resolve();
  return (segment, feeds) => {
    const result = last.then(() => run(segment, feeds));
    last = result.catch(() => undefined);
    return result;
  };
}
