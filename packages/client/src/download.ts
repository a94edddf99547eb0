import { createHash } from 'node:crypto';
import { type Image, TesseraError } from '@tessera/core';
import { callStream, type GenerationServiceClient } from '@tessera/proto';
import type { ReconnectPolicy } from './backoff.js';
import type { Gateways } from './gateways.js';
import { reconnecting } from './reconnecting.js';

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** First byte to send. */
  readonly offset?: number | undefined;
}

/**
 * The bytes of a finished image, in order; a lost connection goes on where it
 * broke.
 *
 * @throws TesseraError `not_found` for an unknown or deleted image.
 */
export function downloadImage(
  gateways: Gateways,
  policy: ReconnectPolicy,
  generationId: string,
  imageId: string,
  { signal, offset: start = 0 }: DownloadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = start;
  async function* rest(service: GenerationServiceClient): AsyncGenerator<Uint8Array, void, undefined> {
    let size: number | undefined;
    for await (const part of callStream(service.downloadImage({ generationId, imageId, offset }), signal)) {
      size ??= Number(part.sizeBytes);
      if (Number(part.offset) !== offset) {
        throw new TesseraError('internal', `image bytes from ${part.offset} on, expected ${offset}`);
      }
      offset += part.data.length;
      if (part.data.length > 0) yield part.data;
    }
    if (size === undefined || offset < size) {
      throw new TesseraError('unavailable', `the download ended at byte ${offset} of ${size ?? 'an unknown number'}`);
    }
  }
  return reconnecting(gateways, rest, policy, signal ?? new AbortController().signal);
}

/**
 * The whole file of an image, inline or fetched.
 *
 * @throws TesseraError `internal` when the bytes do not have the sha256 that the server told.
 */
export async function imageBytes(
  gateways: Gateways,
  policy: ReconnectPolicy,
  generationId: string,
  image: Image,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  if (image.data) parts.push(image.data);
  else {
    for await (const part of downloadImage(gateways, policy, generationId, image.imageId, { signal })) parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== image.fileSha256) {
    throw new TesseraError('internal', `image ${image.imageId} arrived with sha256 ${sha256}, not ${image.fileSha256}`);
  }
  return bytes;
}
