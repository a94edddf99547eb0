import {
  bandsOf,
  type DecodePlan,
  type ModelCard,
  type PixelBand,
  type Pixels,
  type Plan,
  planDecode,
  type Tensor,
  TesseraError,
  withHalo,
} from '@tessera/core';
import { tesseraV1 } from '@tessera/proto';
import type { CallTrace, Logger } from '@tessera/runtime';
import type { WorkerLink } from '../workers/worker-link.js';
import { bandedDecode } from './banded-decode.js';
import type { Dispatcher } from './dispatcher.js';
import { insideHalo } from './inside-halo.js';
import { remoteDecode } from './remote-decode.js';

export interface DecodeCanvasSetup {
  readonly dispatcher: Dispatcher;
  readonly logger: Logger;
  readonly card: ModelCard;
  readonly plan: Plan;
  /** Tells the class of the decoders that do it. */
  readonly decodedBy: (numericClass: string) => void;
  readonly trace?: CallTrace | undefined;
}

/**
 * The pixels of a latent, as its plan says: by the whole graph on one decoder,
 * or in bands on all of them.
 *
 * @param latent scaled; the plan's canvas, or another of the same model.
 * @throws TesseraError `unavailable` when no decoder did it; the signal's reason.
 */
export async function* decodeCanvas(
  setup: DecodeCanvasSetup,
  latent: Tensor,
  signal: AbortSignal,
): AsyncGenerator<PixelBand> {
  const { card, plan } = setup;
  const isCanvas = latent.shape.join() === plan.latentShape.join();
  const decode = isCanvas ? plan.decode : planDecode(card, latent.shape, undefined);
  const halo = decode?.halo ?? { x: 0, y: 0 };
  const canvas = withHalo(latent, halo);
  const bands = decode?.bandStarts === undefined ? wholeDecode : inBands;
  const { spatialCompression } = card.latentFormat;
  const [, height = 0, width = 0] = latent.shape;
  const size = { width: width * spatialCompression, height: height * spatialCompression };
  const at = { x: halo.x * spatialCompression, y: halo.y * spatialCompression };
  yield* insideHalo(bands(setup, canvas, decode, signal), size, at);
}

function inBands(
  { dispatcher, logger, card, decodedBy, trace }: DecodeCanvasSetup,
  canvas: Tensor,
  decode: DecodePlan | undefined,
  signal: AbortSignal,
): AsyncGenerator<PixelBand> {
  const areas = nativeAreas(card, canvas);
  const setup = {
    ...{ dispatcher, logger, decodedBy, trace },
    model: card.name,
    modelSha256: card.sha256,
    pixelsPerCell: card.latentFormat.spatialCompression,
    fewestRows: card.decoder.bands?.fewestRows ?? canvas.shape[1] ?? 1,
    cost: (worker: WorkerLink, runMs: number, share: number) => tellCost(worker, runMs, areas * share),
  };
  return bandedDecode(setup, canvas, decode?.bandStarts ?? [0], signal);
}

/**
 * On one decoder. When none did it, for want of memory most likely, a canvas
 * that can be is decoded in bands: an image whose last digits are others, which
 * its class says, and not none.
 */
async function* wholeDecode(
  setup: DecodeCanvasSetup,
  canvas: Tensor,
  _decode: DecodePlan | undefined,
  signal: AbortSignal,
): AsyncGenerator<PixelBand> {
  let pixels: Pixels;
  try {
    pixels = await decodedWhole(setup, canvas, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    const error = TesseraError.from(thrown);
    const bandStarts = unplannedBands(setup.card, canvas);
    // Without a cause there was no decoder, and bands need one as well.
    if (bandStarts === undefined || error.code !== 'unavailable' || error.cause === undefined) throw thrown;
    setup.logger.warn('no decoder did an image whole; it is decoded in bands', { cause: error.message });
    const decodedBy = (numericClass: string) => setup.decodedBy(`${numericClass}-in-bands`);
    yield* inBands({ ...setup, decodedBy }, canvas, { halo: { x: 0, y: 0 }, bandStarts }, signal);
    return;
  }
  yield { y: 0, ...pixels };
}

/** Of a canvas larger than native that was planned to be decoded whole. */
function unplannedBands({ decoder, nativeCanvas }: ModelCard, { shape }: Tensor): readonly number[] | undefined {
  const [, rows = 0, columns = 0] = shape;
  if (decoder.bands === undefined || rows * columns <= nativeCanvas.width * nativeCanvas.height) return undefined;
  return bandsOf(decoder.bands, rows, columns).map(({ start }) => start);
}

async function decodedWhole(
  { dispatcher, card, decodedBy, trace }: DecodeCanvasSetup,
  canvas: Tensor,
  signal: AbortSignal,
): Promise<Pixels> {
  const { name: model, sha256: modelSha256 } = card;
  const { spatialCompression } = card.latentFormat;
  const [, height = 0, width = 0] = canvas.shape;
  const size = { width: width * spatialCompression, height: height * spatialCompression };
  const need = { stage: 'decoder', modelSha256 } as const;
  return dispatcher.onWorker(need, signal, async (worker, callSignal) => {
    const client = worker.channel.client(tesseraV1.DecoderService);
    const whileTrusted = AbortSignal.any([callSignal, worker.trust]);
    const { pixels, runMs } = await remoteDecode(client, model, canvas, size, whileTrusted, trace);
    tellCost(worker, runMs, nativeAreas(card, canvas));
    decodedBy(worker.description?.numericClass ?? '');
    return pixels;
  });
}

/** Of a canvas, in areas of the size the model was trained at. */
function nativeAreas({ nativeCanvas }: ModelCard, { shape }: Tensor): number {
  const [, height = 0, width = 0] = shape;
  return (width * height) / (nativeCanvas.width * nativeCanvas.height);
}

function tellCost(worker: WorkerLink, runMs: number, areas: number): void {
  if (runMs > 0) worker.costs.ran(runMs / areas, 1);
}
