import { type Image, invalidField } from '@tessera/core';
import type { DownloadImageResponse } from '@tessera/proto';

/** Image bytes in one message; with its frame a message stays under 1 MB. */
const MAX_BYTES = 960 * 1024;

/**
 * A file from an offset on, in messages. Always at least one, so that size and
 * hash arrive even when nothing is left.
 *
 * @throws TesseraError `invalid_argument` for an offset beyond the end.
 */
export function* downloadMessages(image: Image, file: Uint8Array, from: number): Generator<DownloadImageResponse> {
  if (from > file.length) throw invalidField('offset', `must be at most the size, ${file.length}`, from);
  for (let offset = from; offset === from || offset < file.length; offset += MAX_BYTES) {
    const data = Buffer.from(file.subarray(offset, offset + MAX_BYTES));
    const first = offset === from && { sizeBytes: file.length, fileSha256: image.fileSha256 };
    yield { ...first, offset, data };
  }
}
