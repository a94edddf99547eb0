import { type Band, bandsFromStarts, type PixelBand, splitRows, type Tensor, TesseraError } from '@tessera/core';
import {
  type DecodeBandsRequest,
  type DecodeBandsResponse__Output,
  type DuplexCall,
  duplexCall,
  float32Parts,
  tesseraV1,
  type WireTensor__Output,
} from '@tessera/proto';
import { type CallTrace, traceMetadata } from '@tessera/runtime';
import type { WorkerLink } from '../workers/worker-link.js';

/** One image, to be decoded in bands. */
export interface BandedImage {
  readonly model: string;
  /** Scaled, [channels, height, width]. */
  readonly latent: Tensor;
  /** The first latent row of each band, ascending from 0. */
  readonly bandStarts: readonly number[];
  readonly pixelsPerCell: number;
  /** What lies between segments is kept on the decoders' disks. */
  readonly littleMemory: boolean;
  readonly trace?: CallTrace | undefined;
}

/** What one decoder's part of the work took, once the image is complete. */
export type ShareCost = (worker: WorkerLink, runMs: number, share: number) => void;

/** Which decoder failed. */
export class ShareFailure extends Error {
  readonly worker: WorkerLink;

  constructor(worker: WorkerLink, cause: unknown) {
    super('a decoder failed its share of an image', { cause });
    this.worker = worker;
  }
}

interface Share {
  readonly worker: WorkerLink;
  /** Latent rows. */
  readonly rows: Band;
  readonly call: DuplexCall<DecodeBandsRequest, DecodeBandsResponse__Output>;
}

/**
 * The pixels of one latent from several decoders, each with consecutive bands.
 * What they say to each other is passed on unread. A decoder further down
 * waits with its pixels until those above are through, so that no more than a
 * few messages of them are here.
 *
 * @param workers of one numeric class; those beyond the number of bands get nothing.
 * @throws ShareFailure naming the first decoder that failed; the signal's reason.
 */
export async function* remoteBands(
  workers: readonly WorkerLink[],
  image: BandedImage,
  cost: ShareCost,
  signal: AbortSignal,
): AsyncGenerator<PixelBand> {
  const { bandStarts, latent } = image;
  const rows = latent.shape[1] as number;
  const bands = bandsFromStarts(bandStarts, rows);
  const parts = splitRows(bands.length, Math.min(workers.length, bands.length));
  const shareStarts = parts.map(({ start }) => start);
  const stop = new AbortController();
  const fail = (worker: WorkerLink, thrown: unknown) =>
    stop.abort(thrown instanceof ShareFailure ? thrown : new ShareFailure(worker, thrown));
  const either = AbortSignal.any([signal, stop.signal]);
  const shares = parts.map(({ start, end }, index): Share => {
    const worker = workers[index] as WorkerLink;
    const client = worker.channel.client(tesseraV1.DecoderService);
    const call = duplexCall(client.decodeBands(traceMetadata(image.trace)), AbortSignal.any([either, worker.trust]));
    const of = { start: bands[start]?.start as number, end: bands[end - 1]?.end as number };
    return { worker, rows: of, call };
  });
  try {
    for (const [index, share] of shares.entries()) {
      begin(share, image, shareStarts, index).catch((thrown) => fail(share.worker, thrown));
    }
    const passedOn = shares.map((share, index) => {
      const pixels = passOn(shares, share, index);
      pixels.catch((thrown) => fail(share.worker, thrown));
      return pixels;
    });
    for (const [index, share] of shares.entries()) {
      const first = await untilAborted(passedOn[index] as Promise<DecodeBandsResponse__Output>, either);
      yield* pixelsOf(share, first, image, (runMs) => cost(share.worker, runMs, shareOf(share, rows)));
    }
  } catch (thrown) {
    signal.throwIfAborted();
    throw stop.signal.aborted ? stop.signal.reason : thrown;
  } finally {
    for (const { call } of shares) call.cancel();
  }
}

/** Sends what the share needs to begin. */
async function begin(
  { call, rows }: Share,
  { model, latent, bandStarts, littleMemory }: BandedImage,
  shareStarts: readonly number[],
  index: number,
): Promise<void> {
  const starts = { bandStarts: [...bandStarts], shareStarts: [...shareStarts] };
  await call.write({ share: { model, latentShape: [...latent.shape], ...starts, index, littleMemory } });
  for (const part of float32Parts(latentRows(latent, rows))) await call.write({ latent: part });
}

/** Passes on what a share says, until its first pixels. */
async function passOn(shares: readonly Share[], { call }: Share, index: number): Promise<DecodeBandsResponse__Output> {
  for (;;) {
    const { value, done } = await call.responses.next();
    if (done) throw new TesseraError('internal', 'the decoder ended its share without pixels');
    const { said } = value;
    if (!said) return value;
    const to = shares[said.share];
    if (to === undefined) throw new TesseraError('internal', `the decoder speaks to share ${said.share}`);
    await to.call.write({ heard: { ...said, share: index } }).catch((thrown) => {
      throw new ShareFailure(to.worker, thrown);
    });
  }
}

async function* pixelsOf(
  { worker, rows, call }: Share,
  first: DecodeBandsResponse__Output,
  { latent, pixelsPerCell }: BandedImage,
  cost: (runMs: number) => void,
): AsyncGenerator<PixelBand> {
  const width = (latent.shape[2] as number) * pixelsPerCell;
  const [top, height] = [rows.start * pixelsPerCell, (rows.end - rows.start) * pixelsPerCell];
  let done = 0;
  let runMs = 0;
  try {
    for (let response: DecodeBandsResponse__Output | undefined = first; response !== undefined; ) {
      const data = rowsOf(response.pixels, done, { width, height });
      runMs = Number(response.runUs) / 1000;
      yield { y: top + done, width, height: data.length / (3 * width), data };
      done += data.length / (3 * width);
      response = (await call.responses.next()).value ?? undefined;
    }
    if (done < height) throw new TesseraError('internal', `the decoder gave ${done} of ${height} rows`);
  } catch (thrown) {
    throw new ShareFailure(worker, thrown);
  }
  cost(runMs);
}

function rowsOf(
  pixels: WireTensor__Output | null | undefined,
  done: number,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  const [shape, at] = [pixels?.shape.join(), Number(pixels?.offset)];
  const isNext = shape === [height, width, 3].join() && at === 3 * width * done && pixels?.dtype === 'DATA_TYPE_UINT8';
  const { data = new Uint8Array() } = pixels ?? {};
  if (!isNext || data.length === 0 || data.length % (3 * width) !== 0 || at + data.length > 3 * width * height) {
    throw new TesseraError('internal', `the decoder gave [${shape}] from byte ${at} on, after ${done} rows`);
  }
  return data;
}

function shareOf({ rows }: Share, of: number): number {
  return (rows.end - rows.start) / of;
}

/** Rows of a [channels, height, width] latent. */
function latentRows({ shape, data }: Tensor, { start, end }: Band): Tensor {
  const [channels, height, width] = shape as [number, number, number];
  const rows = new Float32Array(channels * (end - start) * width);
  for (let c = 0; c < channels; c += 1) {
    const from = c * height;
    rows.set(data.subarray((from + start) * width, (from + end) * width), c * (end - start) * width);
  }
  return { shape: [channels, end - start, width], data: rows };
}

function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
