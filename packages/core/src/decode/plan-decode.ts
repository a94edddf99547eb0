import type { DecoderCard, ModelCard } from '../model-card.js';
import type { Tiling } from '../windows/tiling.js';
import { type WrapHalo, wrapHalo } from '../windows/wrap-halo.js';
import { bandsOf } from './bands.js';

/**
 * How a finished canvas becomes pixels. It decides the arithmetic: bands of any
 * number give equal bits; the whole graph's last digits are others, since it
 * sums its statistics in float32.
 */
export interface DecodePlan {
  /** Cells of its other side that are put around a canvas that wraps. */
  readonly halo: WrapHalo;
  /** The first latent row of each band, ascending from 0, of the canvas with its halo; absent: the whole graph. */
  readonly bandStarts?: readonly number[];
}

/** Tensors of the largest size alive at once while a whole graph runs: a convolution's input, its output, the residual. */
const LIVE_TENSORS = 3;
/** Of one whole decode; images that need more are decoded in bands. */
const WHOLE_DECODE_BYTES = 256 * 2 ** 20;
/** Cells that a pixel depends on through the convolutions of a decoder of three enlargements; of one that was not measured. */
const UNKNOWN_REACH = 18;

/**
 * Decides by forecast memory, which is a function of canvas and model only. A
 * canvas no larger than native is decoded whole, whatever it takes.
 *
 * @param shape [channels, height, width] of the latent.
 * @param tiling of a canvas of several windows.
 * @returns `undefined` where nothing is special: the whole graph, without a halo.
 */
export function planDecode(
  card: Pick<ModelCard, 'decoder' | 'nativeCanvas'>,
  shape: readonly number[],
  tiling: Tiling | undefined,
): DecodePlan | undefined {
  const { decoder, nativeCanvas } = card;
  const [, height = 0, width = 0] = shape;
  const halo = wrapHalo(tiling, decoder.bands?.reach ?? UNKNOWN_REACH);
  const [rows, columns] = [height + 2 * halo.y, width + 2 * halo.x];
  const isNative = rows * columns <= nativeCanvas.width * nativeCanvas.height;
  const inBands =
    isOtherSize(decoder, rows, columns) || (!isNative && wholeDecodeBytes(decoder, rows, columns) > WHOLE_DECODE_BYTES);
  if (decoder.bands !== undefined && inBands) {
    return { halo, bandStarts: bandsOf(decoder.bands, rows, columns).map(({ start }) => start) };
  }
  return halo.x + halo.y > 0 ? { halo } : undefined;
}

/** Forecast of a whole decode, without weights; 0 where nothing is known of the graph. */
export function wholeDecodeBytes({ bands }: Pick<DecoderCard, 'bands'>, rows: number, columns: number): number {
  return LIVE_TENSORS * (bands?.bytesPerCell ?? 0) * rows * columns;
}

/** Whether the whole graph was exported for another size. */
function isOtherSize({ fixedSize }: DecoderCard, rows: number, columns: number): boolean {
  return fixedSize !== undefined && (fixedSize.height !== rows || fixedSize.width !== columns);
}

/** First pixel rows of bands after the first, as far as they lie inside the image. */
export function bandEdgeRows(
  { halo, bandStarts = [] }: DecodePlan,
  height: number,
  pixelsPerCell: number,
): readonly number[] {
  return bandStarts.map((start) => (start - halo.y) * pixelsPerCell).filter((row) => row > 0 && row < height);
}
