import {
  type Image,
  type ModelCard,
  type PixelBand,
  type PreviewRequest,
  previewPixels,
  type Tensor,
} from '@tessera/core';
import { fileSha256 } from '../images/hashes.js';
import { encodeImage, fitWithin } from '../images/raster-image.js';
import { shrinkRows } from '../images/shrink-rows.js';
import { MAX_INLINE_IMAGE_BYTES } from './results.js';

/** Longest edge of a decoded preview for which none was asked. */
const DECODED_EDGE = 512;

export type RenderPreview = (denoised: Tensor) => Promise<Image>;

/**
 * How a generation's estimates become previews: by the model's linear map, or
 * by the decoder when that was asked for or the model has no map.
 */
export function previewRenderer(
  card: ModelCard,
  preview: PreviewRequest,
  decode: (latent: Tensor) => AsyncIterable<PixelBand>,
): RenderPreview {
  const decoded = preview.decoded || card.latentFormat.preview === undefined;
  const maxEdge = preview.maxEdge ?? (decoded ? DECODED_EDGE : Number.POSITIVE_INFINITY);
  return async (denoised) => {
    const { spatialCompression } = card.latentFormat;
    const [, height = 0, width = 0] = denoised.shape;
    const size = { width: width * spatialCompression, height: height * spatialCompression };
    // A large canvas is never held whole for a preview of it.
    let pixels = decoded
      ? await shrinkRows({ ...size, bands: decode(denoised) }, maxEdge)
      : previewPixels(denoised, card.latentFormat);
    for (let edge = maxEdge; ; edge = Math.floor(Math.max(pixels.width, pixels.height) / 2)) {
      pixels = await fitWithin(pixels, edge);
      const file = await encodeImage(pixels, preview.format, 'fast');
      // A preview has no download: it is made smaller until it can be sent.
      if (file.length > MAX_INLINE_IMAGE_BYTES) continue;
      const { width, height } = pixels;
      const fileHash = fileSha256(file);
      return {
        imageId: '',
        format: preview.format,
        data: file,
        sizeBytes: file.length,
        fileSha256: fileHash,
        width,
        height,
      };
    }
  };
}
