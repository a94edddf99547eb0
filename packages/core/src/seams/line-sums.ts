/** Rows or columns whose tone is compared on each side of a line. */
export const STRIP_PIXELS = 8;
const CHANNELS = 3;

/** What is known of an image line by line, along both axes, once all of its rows were seen. */
export interface LineSums {
  /** For each column: mean |I(x) − I(x − 1)| over all rows and channels; of the first, against the last. */
  readonly columnGradients: Float64Array;
  readonly rowGradients: Float64Array;
  /** Mean tone of each column, in each run of rows. */
  readonly columnTones: readonly Float64Array[];
  /** Mean tone of each row, in each run of columns. */
  readonly rowTones: readonly Float64Array[];
}

/** Gathers line sums while an image's rows arrive, from the top. Levels are 0…255. */
export class LineSumsOfRows {
  readonly #width: number;
  readonly #height: number;
  readonly #run: number;
  readonly #columnGradients: Float64Array;
  readonly #rowGradients: Float64Array;
  readonly #columnTones: readonly Float64Array[];
  readonly #rowTones: readonly Float64Array[];
  #first: Uint8Array | undefined;
  #previous: Uint8Array | undefined;
  #y = 0;

  /** @param run rows, or columns, over which a line's tone is taken together. */
  constructor(width: number, height: number, run: number) {
    this.#width = width;
    this.#height = height;
    this.#run = run;
    this.#columnGradients = new Float64Array(width);
    this.#rowGradients = new Float64Array(height);
    const runs = (extent: number) => Array(Math.ceil(extent / run)).fill(0);
    this.#columnTones = runs(height).map(() => new Float64Array(width));
    this.#rowTones = runs(width).map(() => new Float64Array(height));
  }

  /**
   * @param rows RGB8, whole rows.
   * @throws RangeError when they are none, or more than the image has.
   */
  add(rows: Uint8Array): void {
    const stride = CHANNELS * this.#width;
    if (rows.length % stride !== 0 || this.#y + rows.length / stride > this.#height) {
      throw new RangeError(`${rows.length} bytes are no rows that an image of ${this.#width}×${this.#height} misses`);
    }
    for (let from = 0; from < rows.length; from += stride) this.#addRow(rows.subarray(from, from + stride));
    // The caller may use its memory again.
    this.#previous = this.#previous?.slice();
  }

  /** @throws RangeError while rows are missing. */
  sums(): LineSums {
    if (this.#y < this.#height || this.#first === undefined || this.#previous === undefined) {
      throw new RangeError(`${this.#height - this.#y} rows are missing`);
    }
    const [width, height] = [this.#width, this.#height];
    const rowGradients = this.#rowGradients.map((sum) => sum / (CHANNELS * width));
    rowGradients[0] = difference(this.#first, this.#previous) / (CHANNELS * width);
    const runLength = (extent: number, index: number) => Math.min(this.#run, extent - index * this.#run);
    return {
      columnGradients: this.#columnGradients.map((sum) => sum / (CHANNELS * height)),
      rowGradients,
      columnTones: this.#columnTones.map((tones, i) => tones.map((sum) => sum / (CHANNELS * runLength(height, i)))),
      rowTones: this.#rowTones.map((tones, i) => tones.map((sum) => sum / (CHANNELS * runLength(width, i)))),
    };
  }

  #addRow(row: Uint8Array): void {
    const y = this.#y;
    const columnTones = this.#columnTones[Math.floor(y / this.#run)] as Float64Array;
    let at = 0;
    let [r, g, b] = row.subarray(-CHANNELS) as unknown as [number, number, number];
    for (let x = 0; x < this.#width; x++) {
      const [left, middle, right] = [r, g, b];
      r = row[at] as number;
      g = row[at + 1] as number;
      b = row[at + 2] as number;
      at += CHANNELS;
      const gradient = Math.abs(r - left) + Math.abs(g - middle) + Math.abs(b - right);
      this.#columnGradients[x] = (this.#columnGradients[x] as number) + gradient;
      columnTones[x] = (columnTones[x] as number) + r + g + b;
    }
    for (const [index, tones] of this.#rowTones.entries()) {
      const run = row.subarray(CHANNELS * index * this.#run, CHANNELS * (index + 1) * this.#run);
      let sum = 0;
      for (let i = 0; i < run.length; i++) sum += run[i] as number;
      tones[y] = sum;
    }
    if (this.#previous !== undefined) this.#rowGradients[y] = difference(row, this.#previous);
    this.#first ??= row.slice();
    this.#previous = row;
    this.#y += 1;
  }
}

function difference(row: Uint8Array, other: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += Math.abs((row[i] as number) - (other[i] as number));
  return sum;
}
