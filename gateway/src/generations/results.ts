import { type GenerationRecord, type Image, type ImageFormat, TesseraError } from '@tessera/core';
import type { ObjectStore } from '@tessera/runtime';
import { fileSha256 } from '../images/hashes.js';

/** Larger images are not sent within an event. */
export const MAX_INLINE_IMAGE_BYTES = 512 * 1024;
/** Of all images of one event together: a message stays below gRPC's usual limit of 4 MiB. */
export const MAX_INLINE_EVENT_BYTES = 3 * 1024 * 1024;

/** The finished images of generations, as objects of the Bus. */
export class Results {
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Stores an image file. It is real once the log names what this returns. */
  async store(
    generationId: string,
    name: { readonly fence: number; readonly imageIndex: number },
    file: Uint8Array,
    kind: { readonly format: ImageFormat; readonly width: number; readonly height: number },
  ): Promise<Image> {
    const imageId = `${name.fence}-${name.imageIndex}`;
    await this.#objects.put(objectName(generationId, imageId), file);
    const { format, width, height } = kind;
    return { imageId, format, sizeBytes: file.length, fileSha256: fileSha256(file), width, height };
  }

  /** The image with its bytes, as far as they are small enough, still kept, and within the budget. */
  async inlined(generationId: string, image: Image, budget: InlineBudget): Promise<Image> {
    if (image.sizeBytes > MAX_INLINE_IMAGE_BYTES || !budget.spend(image.sizeBytes)) return image;
    const data = await this.#objects.get(objectName(generationId, image.imageId));
    return data === undefined ? image : { ...image, data };
  }

  /** @throws TesseraError `not_found` when the generation has no such image, or it is not kept any more. */
  async read(record: GenerationRecord, imageId: string): Promise<{ readonly image: Image; readonly file: Uint8Array }> {
    const image = imagesOf(record).find((candidate) => candidate.imageId === imageId);
    const file = image && (await this.#objects.get(objectName(record.generationId, imageId)));
    if (image === undefined || file === undefined) {
      throw new TesseraError('not_found', `generation ${record.generationId} has no image ${imageId}`);
    }
    return { image, file };
  }

  /** Deletes every object of a generation, named by its log or not. */
  async delete(generationId: string): Promise<void> {
    for (const { name } of await this.#objects.list(`${generationId}/`)) await this.#objects.delete(name);
  }
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
