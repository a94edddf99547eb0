import { createHash } from 'node:crypto';
import {
  type GenerationRecord,
  gatherPixels,
  type Image,
  type ImageFormat,
  type PixelBand,
  type Plan,
} from '@tessera/core';
import { PiecedFileWriter } from '../images/pieced-file.js';
import { PngBands } from '../images/png-bands.js';
import type { PngText } from '../images/png-parts.js';
import { encodeImage } from '../images/raster-image.js';
import { RowGroups } from '../images/row-groups.js';
import type { Results } from './results.js';

/** Takes the rows of one image as they come, and makes its file of them. */
export interface ImageDelivery {
  /** Resolves when more may come. */
  add(band: PixelBand): Promise<void>;
  /** Over the RGB8 rows; once, when all have come. */
  imageSha256(): string;
  /** Stores the file; it is real once the log names it. */
  finish(texts: () => readonly PngText[]): Promise<Image>;
}

export interface ImageDeliverySetup {
  readonly plan: Plan;
  readonly format: ImageFormat;
  readonly results: Results;
  readonly generationId: string;
  readonly fence: number;
  readonly imageIndex: number;
  /** Of the generation so far: an attempt before this one may have told some regions. */
  readonly events: GenerationRecord['events'];
  /** A part of the image is stored: rows from `y` on. */
  readonly tellRegion: (y: number, image: Image) => Promise<void>;
}

/** A small image at its end; one that is decoded in bands region by region. */
export function createImageDelivery(setup: ImageDeliverySetup): ImageDelivery {
  if (setup.plan.decode?.bandStarts === undefined) return new WholeDelivery(setup);
  return setup.format === 'png' ? new PngDelivery(tellingOnce(setup)) : new RegionsOfWhole(tellingOnce(setup));
}

function tellingOnce(setup: ImageDeliverySetup): ImageDeliverySetup {
  const { events, imageIndex, tellRegion } = setup;
  const told = new Set(
    events.flatMap((event) => (event.type === 'region' && event.imageIndex === imageIndex ? [event.y] : [])),
  );
  return { ...setup, tellRegion: async (y, image) => (told.has(y) ? undefined : tellRegion(y, image)) };
}

class WholeDelivery implements ImageDelivery {
  readonly #setup: ImageDeliverySetup;
  readonly #bands: PixelBand[] = [];
  readonly #hash = createHash('sha256');

  constructor(setup: ImageDeliverySetup) {
    this.#setup = setup;
  }

  async add(band: PixelBand): Promise<void> {
    this.#hash.update(band.data);
    this.#bands.push(band);
  }

  imageSha256(): string {
    return this.#hash.digest('hex');
  }

  async finish(texts: () => readonly PngText[]): Promise<Image> {
    const { plan, format, results, generationId, fence, imageIndex } = this.#setup;
    const { width, height } = plan;
    const [only] = this.#bands;
    const pixels = only?.height === height ? only : await gatherPixels(this.#bands, { width, height });
    const file = await encodeImage(pixels, format, 'fine', texts);
    return results.store(generationId, { fence, imageIndex }, file, { format, width, height });
  }
}

/** Regions that every image is delivered in, about. */
const REGIONS = 16;
const MIN_REGION_ROWS = 64;

function regionRows(height: number): number {
  return Math.max(MIN_REGION_ROWS, 8 * Math.ceil(height / (8 * REGIONS)));
}

/**
 * Each region is compressed on its own, stored as a PNG of its own, told, and
 * forgotten here; the image's file is put together from them.
 */
class PngDelivery implements ImageDelivery {
  readonly #setup: ImageDeliverySetup;
  readonly #hash = createHash('sha256');
  readonly #groups: RowGroups;
  readonly #png: PngBands;
  readonly #file = new PiecedFileWriter();
  #regions = 0;

  constructor(setup: ImageDeliverySetup) {
    const { width, height } = setup.plan;
    this.#setup = setup;
    this.#groups = new RowGroups(regionRows(height), height);
    this.#png = new PngBands({ width, height });
    this.#file.bytes(this.#png.head());
  }

  async add(band: PixelBand): Promise<void> {
    this.#hash.update(band.data);
    for (const region of this.#groups.add(band)) await this.#deliver(region);
  }

  imageSha256(): string {
    return this.#hash.digest('hex');
  }

  async finish(texts: () => readonly PngText[]): Promise<Image> {
    const { plan, results, generationId, fence, imageIndex } = this.#setup;
    const { width, height } = plan;
    this.#file.bytes(this.#png.tail(texts()));
    const kind = { format: 'png', width, height } as const;
    return results.storePieced(generationId, { fence, imageIndex }, this.#file.finished(), kind);
  }

  async #deliver(region: PixelBand): Promise<void> {
    const { results, generationId, fence, imageIndex, tellRegion } = this.#setup;
    const { width, height } = region;
    const { file, shared, before, after } = await this.#png.band(region);
    const name = { fence, imageIndex, region: this.#regions };
    this.#regions += 1;
    const image = await results.store(generationId, name, file, { format: 'png', width, height });
    this.#file.bytes(before);
    this.#file.range(image.imageId, file, shared);
    this.#file.bytes(after);
    await tellRegion(region.y, image);
  }
}

/** Formats whose encoders take whole images: the pixels are kept, once, until the end. */
class RegionsOfWhole implements ImageDelivery {
  readonly #setup: ImageDeliverySetup;
  readonly #whole: WholeDelivery;
  readonly #data: Uint8Array;
  readonly #groups: RowGroups;
  readonly #hash = createHash('sha256');
  #regions = 0;

  constructor(setup: ImageDeliverySetup) {
    const { width, height } = setup.plan;
    this.#setup = setup;
    this.#whole = new WholeDelivery(setup);
    this.#data = new Uint8Array(3 * width * height);
    this.#groups = new RowGroups(regionRows(height), height);
  }

  async add(band: PixelBand): Promise<void> {
    const { results, format, generationId, fence, imageIndex, tellRegion } = this.#setup;
    this.#hash.update(band.data);
    this.#data.set(band.data, 3 * band.width * band.y);
    for (const region of this.#groups.add(band)) {
      const { width, height } = region;
      const name = { fence, imageIndex, region: this.#regions };
      this.#regions += 1;
      const file = await encodeImage(region, format, 'fine');
      await tellRegion(region.y, await results.store(generationId, name, file, { format, width, height }));
    }
  }

  imageSha256(): string {
    return this.#hash.digest('hex');
  }

  async finish(texts: () => readonly PngText[]): Promise<Image> {
    const { width, height } = this.#setup.plan;
    await this.#whole.add({ y: 0, width, height, data: this.#data });
    return this.#whole.finish(texts);
  }
}
