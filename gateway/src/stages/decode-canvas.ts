import {
  type DecodePlan,
  type ModelCard,
  type PixelBand,
  type Plan,
  planDecode,
  type Tensor,
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

async function* wholeDecode(
  { dispatcher, card, decodedBy, trace }: DecodeCanvasSetup,
  canvas: Tensor,
  _decode: DecodePlan | undefined,
  signal: AbortSignal,
): AsyncGenerator<PixelBand> {
  const { name: model, sha256: modelSha256 } = card;
  const { spatialCompression } = card.latentFormat;
  const [, height = 0, width = 0] = canvas.shape;
  const size = { width: width * spatialCompression, height: height * spatialCompression };
  const need = { stage: 'decoder', modelSha256 } as const;
  const pixels = await dispatcher.onWorker(need, signal, async (worker, callSignal) => {
    const client = worker.channel.client(tesseraV1.DecoderService);
    const whileTrusted = AbortSignal.any([callSignal, worker.trust]);
    const { pixels, runMs } = await remoteDecode(client, model, canvas, size, whileTrusted, trace);
    tellCost(worker, runMs, nativeAreas(card, canvas));
    decodedBy(worker.description?.numericClass ?? '');
    return pixels;
  });
  yield { y: 0, ...pixels };
}

/** Of a canvas, in areas of the size the model was trained at. */
function nativeAreas({ nativeCanvas }: ModelCard, { shape }: Tensor): number {
  const [, height = 0, width = 0] = shape;
  return (width * height) / (nativeCanvas.width * nativeCanvas.height);
}

function tellCost(worker: WorkerLink, runMs: number, areas: number): void {
  if (runMs > 0) worker.costs.ran(runMs / areas, 1);
}
