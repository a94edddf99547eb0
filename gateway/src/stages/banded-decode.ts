import { type PixelBand, type Tensor, TesseraError } from '@tessera/core';
import type { CallTrace, Logger } from '@tessera/runtime';
import type { WorkerLink } from '../workers/worker-link.js';
import type { Dispatcher } from './dispatcher.js';
import { remoteBands, type ShareCost, ShareFailure } from './remote-bands.js';
import { isWorkerFailure } from './worker-choice.js';

export interface BandedDecodeSetup {
  readonly dispatcher: Dispatcher;
  readonly logger: Logger;
  readonly model: string;
  readonly modelSha256: string;
  readonly pixelsPerCell: number;
  /** The fewest latent rows that a band may have. */
  readonly fewestRows: number;
  readonly cost: ShareCost;
  /** Tells the class of the decoders that do it. */
  readonly decodedBy: (numericClass: string) => void;
  readonly trace?: CallTrace | undefined;
}

/**
 * Decodes a latent in bands on all decoders of one numeric class. When one
 * fails, the image is decoded again by those that are left, from the latent,
 * in smaller bands and with what lies between segments on their disks: by
 * then memory may be what is short. Bands of any number give equal bits, so
 * rows that were given before are not given again.
 *
 * @param bandStarts the plan's: the first latent row of each band.
 * @yields whole rows, from the top.
 * @throws TesseraError `unavailable` when too many attempts failed; the signal's reason.
 */
export async function* bandedDecode(
  { dispatcher, logger, model, modelSha256, pixelsPerCell, fewestRows, cost, decodedBy, trace }: BandedDecodeSetup,
  latent: Tensor,
  bandStarts: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<PixelBand> {
  // All decoders work on one image: two at a time would be no faster, and need twice the memory.
  const release = await dispatcher.bandedDecodes.turn(signal);
  const { choice } = dispatcher;
  const failed = new Set<WorkerLink>();
  // The first attempt is as planned; later ones need less memory.
  const smaller = halved(bandStarts, latent.shape[1] as number, fewestRows);
  const withAttempt = (attempt: number) => ({
    bandStarts: attempt === 1 ? bandStarts : smaller,
    littleMemory: attempt > 1,
  });
  let rowsDone = 0;
  let numericClass: string | undefined;
  try {
    for (let attempt = 1; ; attempt += 1) {
      const need = { stage: 'decoder', modelSha256, ...(rowsDone > 0 && { numericClass }) } as const;
      const workers = await choice.group(need, failed, signal);
      numericClass = workers[0]?.description?.numericClass ?? '';
      const image = { model, latent, pixelsPerCell, trace, ...withAttempt(attempt) };
      const vacate = workers.map((worker) => worker.occupy(1));
      try {
        for await (const band of remoteBands(workers, image, cost, signal)) {
          const rest = rowsFrom(band, rowsDone);
          if (rest === undefined) continue;
          rowsDone = rest.y + rest.height;
          yield rest;
        }
        decodedBy(numericClass);
        return;
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof ShareFailure)) throw thrown;
        const error = TesseraError.from(thrown.cause);
        if (!isWorkerFailure(error)) throw error;
        const { address } = thrown.worker;
        logger.warn('a decoder failed its share of an image', { address, attempt, cause: error.message });
        if (attempt >= choice.limits.attempts) {
          const text = `${attempt} decodes in bands failed in a row`;
          throw new TesseraError('unavailable', text, { cause: error });
        }
        // Without it there may be none; and memory is no reason to leave it out: the next attempt needs less.
        if (error.code !== 'resource_exhausted') failed.add(thrown.worker);
      } finally {
        for (const leave of vacate) leave();
      }
      await choice.backOff(need, failed, attempt, signal);
    }
  } finally {
    release();
  }
}

/** Two bands of each, as far as both are high enough. */
function halved(starts: readonly number[], rows: number, fewestRows: number): readonly number[] {
  return starts.flatMap((start, i) => {
    const end = starts[i + 1] ?? rows;
    return end - start < 2 * fewestRows ? [start] : [start, Math.floor((start + end) / 2)];
  });
}

function rowsFrom(band: PixelBand, row: number): PixelBand | undefined {
  const skipped = Math.max(0, row - band.y);
  if (skipped >= band.height) return undefined;
  if (skipped === 0) return band;
  const { width, height, data } = band;
  return { y: band.y + skipped, width, height: height - skipped, data: data.subarray(3 * width * skipped) };
}
