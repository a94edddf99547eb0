import { createHash } from 'node:crypto';

/** A file that is put together from ranges of objects, and bytes of its own between them. Plain data, kept as JSON. */
export interface PiecedFile {
  readonly pieces: readonly FilePiece[];
}

export type FilePiece =
  | { readonly type: 'bytes'; readonly base64: string }
  | { readonly type: 'range'; readonly imageId: string; readonly start: number; readonly end: number };

/** Writes such a file from its beginning. */
export class PiecedFileWriter {
  readonly #pieces: FilePiece[] = [];
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;

  /** Bytes that are kept with the file. */
  bytes(bytes: Uint8Array): void {
    this.#count(bytes);
    this.#pieces.push({ type: 'bytes', base64: Buffer.from(bytes).toString('base64') });
  }

  /** Bytes that are kept in an image's file already. */
  range(imageId: string, file: Uint8Array, { start, end }: { readonly start: number; readonly end: number }): void {
    this.#count(file.subarray(start, end));
    this.#pieces.push({ type: 'range', imageId, start, end });
  }

  /** Once. */
  finished(): { readonly file: PiecedFile; readonly sizeBytes: number; readonly fileSha256: string } {
    return { file: { pieces: this.#pieces }, sizeBytes: this.#sizeBytes, fileSha256: this.#hash.digest('hex') };
  }

  #count(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
  }
}

/**
 * The bytes of a pieced file from an offset on, one piece after the other.
 *
 * @param read the file of an image of the same generation.
 */
export async function* readPieces(
  { pieces }: PiecedFile,
  from: number,
  read: (imageId: string) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (const piece of pieces) {
    const bytes = piece.type === 'bytes' ? Buffer.from(piece.base64, 'base64') : undefined;
    const length = piece.type === 'range' ? piece.end - piece.start : (bytes?.length ?? 0);
    const skipped = Math.max(0, from - offset);
    offset += length;
    if (skipped >= length) continue;
    if (piece.type === 'range') yield (await read(piece.imageId)).subarray(piece.start + skipped, piece.end);
    else if (bytes !== undefined) yield bytes.subarray(skipped);
  }
}
