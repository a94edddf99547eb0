import { type Image, invalidField } from '@tessera/core';
import type { DownloadImageResponse } from '@tessera/proto';

/** Image bytes in one message; with its frame a message stays under 1 MB. */
const MAX_BYTES = 960 * 1024;

/**
 * A file from an offset on, in messages. Always at least one, so that size and
 * hash arrive even when nothing is left.
 *
 * @param bytes of the file, from an offset on.
 * @throws TesseraError `invalid_argument` for an offset beyond the end.
 */
export async function* downloadMessages(
  { sizeBytes, fileSha256 }: Image,
  bytes: (from: number) => Promise<AsyncIterable<Uint8Array>>,
  from: number,
): AsyncGenerator<DownloadImageResponse> {
  if (from > sizeBytes) throw invalidField('offset', `must be at most the size, ${sizeBytes}`, from);
  let offset = from;
  for await (const piece of await bytes(from)) {
    for (let at = 0; at < piece.length; at += MAX_BYTES) {
      const data = Buffer.from(piece.subarray(at, at + MAX_BYTES));
      yield { ...(offset === from && { sizeBytes, fileSha256 }), offset, data };
      offset += data.length;
    }
  }
  if (offset === from) yield { sizeBytes, fileSha256, offset };
}
