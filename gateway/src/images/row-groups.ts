import type { PixelBand } from '@tessera/core';

/** Gathers rows, from the top, into bands of a given height; the last one may be lower. */
export class RowGroups {
  readonly #rowsOfBand: number;
  readonly #height: number;
  #band: { readonly y: number; readonly height: number; readonly width: number; readonly data: Uint8Array } | undefined;
  #filled = 0;
  #next = 0;

  /** @param height of the image. */
  constructor(rowsOfBand: number, height: number) {
    this.#rowsOfBand = rowsOfBand;
    this.#height = height;
  }

  /**
   * @returns the bands that are complete now.
   * @throws RangeError when the rows do not follow those before.
   */
  add({ y, width, height, data }: PixelBand): readonly PixelBand[] {
    if (y !== this.#next) throw new RangeError(`row ${y} does not follow row ${this.#next}`);
    const complete: PixelBand[] = [];
    for (let taken = 0; taken < height; ) {
      this.#band ??= this.#begin(width);
      const rows = Math.min(height - taken, this.#band.height - this.#filled);
      this.#band.data.set(data.subarray(3 * width * taken, 3 * width * (taken + rows)), 3 * width * this.#filled);
      taken += rows;
      this.#filled += rows;
      this.#next += rows;
      if (this.#filled < this.#band.height) continue;
      complete.push(this.#band);
      this.#band = undefined;
    }
    return complete;
  }

  #begin(width: number): PixelBand {
    const height = Math.min(this.#rowsOfBand, this.#height - this.#next);
    if (height <= 0) throw new RangeError(`an image of ${this.#height} rows has no row ${this.#next}`);
    this.#filled = 0;
    return { y: this.#next, width, height, data: new Uint8Array(3 * width * height) };
  }
}
