import type { Image } from '@tessera/core';
import { imageFormatFromWire, wireFromImageFormat } from './enum-codec.js';
import type { WireImage, WireImage__Output } from './types.js';

export function wireFromImage(image: Image): WireImage {
  const { data, format, ...rest } = image;
  return {
    ...rest,
    format: wireFromImageFormat(format),
    ...(data && { data: Buffer.from(data.buffer, data.byteOffset, data.byteLength) }),
  };
}

/** `data` is a view of the received message. */
export function imageFromWire(wire: WireImage__Output): Image {
  return {
    imageId: wire.imageId,
    format: imageFormatFromWire(wire.format),
    ...(wire.data.length > 0 && { data: wire.data }),
    sizeBytes: Number(wire.sizeBytes),
    fileSha256: wire.fileSha256,
    width: wire.width,
    height: wire.height,
  };
}
