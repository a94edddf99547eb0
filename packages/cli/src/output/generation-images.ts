import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TesseraClient } from '@tessera/client';
import { type GenerationEvent, type Image, type PlanSummary, TesseraError } from '@tessera/core';
import type { WrittenImages } from './event-json.js';
import { GrowingFile } from './growing-file.js';
import { type ImageFiles, writePreview } from './image-files.js';
import { writeOut } from './write-out.js';

type Accepted = Extract<GenerationEvent, { type: 'accepted' }>;
type Region = Extract<GenerationEvent, { type: 'region' }>;
type Completed = Extract<GenerationEvent, { type: 'completed' }>;
type Preview = Extract<GenerationEvent, { type: 'preview' }>;

/** Larger images are not shown: a terminal would take long over them. */
const MAX_SHOWN_BYTES = 8 * 2 ** 20;

/** Writes the images of one generation as its events bring them. */
export class GenerationImages {
  readonly #client: TesseraClient;
  readonly #files: ImageFiles;
  readonly #previewDir: string | undefined;
  readonly #growing = new Map<number, GrowingFile>();
  #plan: PlanSummary | undefined;
  #paths: readonly string[] | undefined;

  constructor(client: TesseraClient, files: ImageFiles, previewDir: string | undefined) {
    this.#client = client;
    this.#files = files;
    this.#previewDir = previewDir;
  }

  /** Settles the files' names. */
  async planned(plan: PlanSummary): Promise<void> {
    this.#plan = plan;
    if (!this.#files.toStdout) this.#paths ??= await this.#files.paths(BigInt(plan.seed), plan.count);
  }

  /** Settles the files' names, and stops a generation whose images could not be written. */
  async accepted({ plan }: Accepted): Promise<void> {
    if (this.#paths !== undefined) return;
    await this.planned(plan);
    await this.#files.assertWritable(this.#paths ?? []);
  }

  async preview(event: Preview): Promise<{ readonly bytes: Uint8Array; readonly written: WrittenImages }> {
    const bytes = await this.#client.imageBytes(event.generationId, event.image);
    if (this.#previewDir === undefined) return { bytes, written: new Map() };
    const path = await writePreview(this.#previewDir, { ...event, format: event.image.format }, bytes);
    return { bytes, written: new Map([[event.image.imageId, path]]) };
  }

  /** Writes the part of a PNG that is finished; other formats are written when they are complete. */
  async region({ generationId, imageIndex, y, image }: Region): Promise<void> {
    const isPart = this.#plan !== undefined && image.height < this.#plan.height;
    const growing = isPart && image.format === 'png' ? this.#growingFile(imageIndex) : undefined;
    await growing?.region(y, image, await this.#client.imageBytes(generationId, image));
  }

  /**
   * Writes every file, and checks its sha256; what is not inline is fetched.
   *
   * @returns where they are, and the first one's bytes, to be shown.
   */
  async completed({
    generationId,
    images,
  }: Completed): Promise<{ readonly first: () => Promise<Uint8Array | undefined>; readonly written: WrittenImages }> {
    const written = new Map<string, string>();
    for (const [index, { image }] of images.entries()) {
      const path = this.#paths?.[index];
      if (path === undefined) continue;
      await this.#write(generationId, index, image, path);
      written.set(image.imageId, path);
    }
    const [first] = images;
    if (first !== undefined && this.#files.toStdout) await this.#writeOut(generationId, first.image);
    const [path] = written.values();
    return {
      first: async () => {
        if (first === undefined || path === undefined || first.image.sizeBytes > MAX_SHOWN_BYTES) return undefined;
        return readFile(path);
      },
      written,
    };
  }

  /** Takes away what was begun and not completed. */
  close(): void {
    for (const growing of this.#growing.values()) growing.abandon();
    this.#growing.clear();
  }

  async #write(generationId: string, index: number, image: Image, path: string): Promise<void> {
    if (image.data !== undefined) {
      await this.#files.write(path, await this.#client.imageBytes(generationId, image));
      return;
    }
    const growing = this.#growingFile(index) ?? new GrowingFile(path, image);
    await growing.complete(image, (offset) => this.#client.downloadImage(generationId, image.imageId, { offset }));
    await this.#files.publish(growing.path, path);
    this.#growing.delete(index);
  }

  /** A stream cannot be taken back: bytes of another sha256 are an error once they are out. */
  async #writeOut(generationId: string, image: Image): Promise<void> {
    if (image.data !== undefined) {
      await writeOut(await this.#client.imageBytes(generationId, image));
      return;
    }
    const hash = createHash('sha256');
    for await (const part of this.#client.downloadImage(generationId, image.imageId)) {
      hash.update(part);
      await writeOut(part);
    }
    if (hash.digest('hex') === image.fileSha256) return;
    throw new TesseraError('internal', `image ${image.imageId} arrived with another sha256 than ${image.fileSha256}`);
  }

  #growingFile(imageIndex: number): GrowingFile | undefined {
    const path = this.#paths?.[imageIndex];
    if (this.#plan === undefined || path === undefined) return undefined;
    const growing = this.#growing.get(imageIndex) ?? new GrowingFile(path, this.#plan);
    this.#growing.set(imageIndex, growing);
    return growing;
  }
}
