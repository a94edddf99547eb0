import type { TesseraClient } from '@tessera/client';
import type { GenerationEvent, PlanSummary } from '@tessera/core';
import type { WrittenImages } from './event-json.js';
import { type ImageFiles, writePreview } from './image-files.js';

type Accepted = Extract<GenerationEvent, { type: 'accepted' }>;
type Completed = Extract<GenerationEvent, { type: 'completed' }>;
type Preview = Extract<GenerationEvent, { type: 'preview' }>;

/** Writes the images of one generation as its events bring them. */
export class GenerationImages {
  readonly #client: TesseraClient;
  readonly #files: ImageFiles;
  readonly #previewDir: string | undefined;
  #paths: readonly string[] | undefined;

  constructor(client: TesseraClient, files: ImageFiles, previewDir: string | undefined) {
    this.#client = client;
    this.#files = files;
    this.#previewDir = previewDir;
  }

  /** Settles the files' names. */
  async planned({ seed, count }: PlanSummary): Promise<void> {
    if (!this.#files.toStdout) this.#paths ??= await this.#files.paths(BigInt(seed), count);
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

  /** Fetches what is not inline, checks every file's sha256, and writes all. */
  async completed(
    event: Completed,
  ): Promise<{ readonly files: readonly Uint8Array[]; readonly written: WrittenImages }> {
    const files: Uint8Array[] = [];
    const written = new Map<string, string>();
    for (const [index, { image }] of event.images.entries()) {
      const bytes = await this.#client.imageBytes(event.generationId, image);
      files.push(bytes);
      const path = this.#paths?.[index];
      if (path === undefined) continue;
      await this.#files.write(path, bytes);
      written.set(image.imageId, path);
    }
    return { files, written };
  }
}
