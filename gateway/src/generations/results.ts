import { type GenerationRecord, type Image, TesseraError } from '@tessera/core';
import { BoundedMap, type BusPatience, type ObjectStore } from '@tessera/runtime';
import { fileSha256 } from '../images/hashes.js';
import { type PiecedFile, type PiecedFileWriter, readPieces } from '../images/pieced-file.js';

/** Larger images are not sent within an event. */
export const MAX_INLINE_IMAGE_BYTES = 512 * 1024;
/** Of all images of one event together: a message stays below gRPC's usual limit of 4 MiB. */
export const MAX_INLINE_EVENT_BYTES = 3 * 1024 * 1024;
/** Of files that were stored lately, kept here. */
const MAX_RECENT_BYTES = 8 * 1024 * 1024;

/** The finished images of generations, as objects of the Bus. */
export class Results {
  readonly #objects: ObjectStore;
  readonly #patience: BusPatience;
  /** By object: who watches is sent them without their being read again. */
  readonly #recent: BoundedMap<Uint8Array>;

  constructor(
    objects: ObjectStore,
    patience: BusPatience = {},
    recent = new BoundedMap<Uint8Array>(MAX_RECENT_BYTES, ({ length }) => length),
  ) {
    this.#objects = objects;
    this.#patience = patience;
    this.#recent = recent;
  }

  /** The same, waiting for a Bus that is away until this is aborted. */
  waiting(until: AbortSignal): Results {
    return new Results(this.#objects, { until }, this.#recent);
  }

  /** Stores an image file. It is real once the log names what this returns. */
  async store(generationId: string, name: ImageName, file: Uint8Array, kind: ImageKind): Promise<Image> {
    const imageId = imageIdOf(name);
    const object = objectName(generationId, imageId);
    await this.#objects.put(object, file, this.#patience);
    if (file.length <= MAX_INLINE_IMAGE_BYTES) this.#recent.put(object, file);
    return { imageId, sizeBytes: file.length, fileSha256: fileSha256(file), ...kind };
  }

  /** The same for a file that is put together from others of the generation. */
  async storePieced(
    generationId: string,
    name: ImageName,
    { file, sizeBytes, fileSha256 }: ReturnType<PiecedFileWriter['finished']>,
    kind: ImageKind,
  ): Promise<Image> {
    const imageId = imageIdOf(name);
    await this.#objects.put(
      objectName(generationId, `${imageId}${PIECED}`),
      Buffer.from(JSON.stringify(file)),
      this.#patience,
    );
    return { imageId, sizeBytes, fileSha256, ...kind };
  }

  /** The image with its bytes, as far as they are small enough, still kept, and within the budget. */
  async inlined(generationId: string, image: Image, budget: InlineBudget): Promise<Image> {
    if (image.sizeBytes > MAX_INLINE_IMAGE_BYTES || !budget.spend(image.sizeBytes)) return image;
    try {
      const recent = this.#recent.get(objectName(generationId, image.imageId));
      if (recent !== undefined) return { ...image, data: recent };
      const parts: Uint8Array[] = [];
      for await (const part of await this.#open(generationId, image.imageId, 0)) parts.push(part);
      return { ...image, data: parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts) };
    } catch (thrown) {
      if (TesseraError.from(thrown).code === 'not_found') return image;
      throw thrown;
    }
  }

  /**
   * The bytes of an image's file from an offset on.
   *
   * @throws TesseraError `not_found` when the generation has no such image, or it is not kept any more.
   */
  async read(
    record: GenerationRecord,
    imageId: string,
  ): Promise<{ readonly image: Image; readonly bytes: (from: number) => Promise<AsyncIterable<Uint8Array>> }> {
    const image = imagesOf(record).find((candidate) => candidate.imageId === imageId);
    if (image === undefined) throw noImage(record.generationId, imageId);
    return { image, bytes: (from) => this.#open(record.generationId, imageId, from) };
  }

  async #open(generationId: string, imageId: string, from: number): Promise<AsyncIterable<Uint8Array>> {
    const file = await this.#objects.get(objectName(generationId, imageId), this.#patience);
    if (file !== undefined) return onlyOf(file.subarray(from));
    const pieced = await this.#objects.get(objectName(generationId, `${imageId}${PIECED}`), this.#patience);
    if (pieced === undefined) throw noImage(generationId, imageId);
    const pieces: PiecedFile = JSON.parse(Buffer.from(pieced).toString());
    return readPieces(pieces, from, async (part) => {
      const found = await this.#objects.get(objectName(generationId, part), this.#patience);
      if (found === undefined) throw noImage(generationId, imageId);
      return found;
    });
  }

  /** Deletes every object of a generation, named by its log or not. */
  async delete(generationId: string): Promise<void> {
    const prefix = `${generationId}/`;
    for (const name of this.#recent.keys()) if (name.startsWith(prefix)) this.#recent.delete(name);
    for (const { name } of await this.#objects.list(prefix)) await this.#objects.delete(name);
  }
}

/** Of an object that tells what a file is put together from. */
const PIECED = '.pieced';

/** An image of a generation, or a part of one. */
export interface ImageName {
  readonly fence: number;
  readonly imageIndex: number;
  readonly region?: number;
}

type ImageKind = Pick<Image, 'format' | 'width' | 'height'>;

function imageIdOf({ fence, imageIndex, region }: ImageName): string {
  return [fence, imageIndex, ...(region === undefined ? [] : [region])].join('-');
}

async function* onlyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function noImage(generationId: string, imageId: string): TesseraError {
  return new TesseraError('not_found', `generation ${generationId} has no image ${imageId}`);
}

/** Bytes of images that one event may still carry. */
export class InlineBudget {
  #left = MAX_INLINE_EVENT_BYTES;

  spend(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** Every image that the log names, once. */
export function imagesOf({ events }: GenerationRecord): readonly Image[] {
  const images = new Map<string, Image>();
  for (const event of events) {
    if (event.type === 'region') images.set(event.image.imageId, event.image);
    if (event.type === 'completed') for (const { image } of event.images) images.set(image.imageId, image);
  }
  return [...images.values()];
}

function objectName(generationId: string, imageId: string): string {
  const [fence] = imageId.split('-');
  return `${generationId}/${fence}/${imageId}`;
}
