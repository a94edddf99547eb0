import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Image, TesseraError } from '@tessera/core';
import { pngBeginning, regionRows } from './png-region.js';

/** The bytes of an image's file from an offset on. */
export type Download = (offset: number) => AsyncIterable<Uint8Array>;

/**
 * An image's file while it forms, beside its final place. The regions of a PNG
 * are its beginning, byte for byte; whatever is still missing when it is
 * complete is fetched.
 */
export class GrowingFile {
  readonly path: string;
  readonly #size: { readonly width: number; readonly height: number };
  #file: FileHandle | undefined;
  #hash = createHash('sha256');
  #bytes = 0;
  #rows = 0;

  /** @param path of the final file. */
  constructor(path: string, size: { readonly width: number; readonly height: number }) {
    this.path = `${path}.part`;
    this.#size = size;
  }

  /** A region of a PNG, from row `y` on. One that does not follow those before is left for later. */
  async region(y: number, { height }: Image, png: Uint8Array): Promise<void> {
    const rows = y === this.#rows ? regionRows(Buffer.from(png)) : undefined;
    if (rows === undefined) return;
    if (this.#bytes === 0) await this.#write(pngBeginning(this.#size));
    await this.#write(rows);
    this.#rows += height;
  }

  /**
   * Completes the file.
   *
   * @throws TesseraError `internal` when its bytes do not have the sha256 that the server told.
   */
  async complete({ imageId, sizeBytes, fileSha256 }: Image, download: Download): Promise<void> {
    if (this.#bytes > sizeBytes) await this.#restart();
    await this.#fetchRest(download);
    if (this.#digest() !== fileSha256) {
      // The regions may be those of another attempt.
      await this.#restart();
      await this.#fetchRest(download);
    }
    const sha256 = this.#digest();
    await this.#file?.close();
    this.#file = undefined;
    if (sha256 === fileSha256) return;
    throw new TesseraError('internal', `image ${imageId} arrived with sha256 ${sha256}, not ${fileSha256}`);
  }

  /** Leaves nothing behind. At once: the process may be about to end. */
  abandon(): void {
    void this.#file?.close().catch(() => {});
    this.#file = undefined;
    rmSync(this.path, { force: true });
  }

  async #fetchRest(download: Download): Promise<void> {
    for await (const part of download(this.#bytes)) await this.#write(part);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#file ??= await open(this.path, 'w');
    await this.#file.writeFile(bytes);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  async #restart(): Promise<void> {
    await this.#file?.close();
    this.#file = await open(this.path, 'w');
    this.#hash = createHash('sha256');
    this.#bytes = 0;
  }

  #digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
