const CHANNELS = 3;

/** What is known of an image line by line along one axis. Entry i belongs to the line before column, or row, i. */
export interface AxisProfiles {
  /** G: mean |I(i) − I(i − 1)|. */
  readonly gradients: Float64Array;
  /** D: mean |I(i + 1) − 2 I(i) + I(i − 1)|. */
  readonly secondDifferences: Float64Array;
  /** Mean tone of the column, or row, i itself. */
  readonly tones: Float64Array;
}

export interface LineSums {
  readonly x: AxisProfiles;
  readonly y: AxisProfiles;
}

/**
 * Gathers what `LineSums` tells while an image's rows arrive, from the top.
 * Levels are 0…255, means are over the whole line and all channels. Both axes
 * go round: beside the last column and row are the first ones.
 */
export class LineSumsOfRows {
  readonly #width: number;
  readonly #height: number;
  readonly #x: AxisProfiles;
  readonly #y: AxisProfiles;
  #first: readonly Uint8Array[] = [];
  #beforeLast: Uint8Array | undefined;
  #last: Uint8Array | undefined;
  #count = 0;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#x = emptyProfiles(width);
    this.#y = emptyProfiles(height);
  }

  /**
   * @param rows RGB8, whole rows; not kept.
   * @throws RangeError when they are none, or more than the image has.
   */
  add(rows: Uint8Array): void {
    const stride = CHANNELS * this.#width;
    if (rows.length % stride !== 0 || this.#count + rows.length / stride > this.#height) {
      throw new RangeError(`${rows.length} bytes are no rows that an image of ${this.#width}×${this.#height} misses`);
    }
    for (let from = 0; from < rows.length; from += stride) this.#addRow(rows.subarray(from, from + stride));
    // The caller may use its memory again.
    this.#last = this.#last?.slice();
    this.#beforeLast = this.#beforeLast?.slice();
  }

  /** @throws RangeError while rows are missing. */
  sums(): LineSums {
    const [first, second = first] = this.#first;
    const [last, beforeLast] = [this.#last, this.#beforeLast ?? this.#last];
    if (this.#count < this.#height || !first || !second || !last || !beforeLast) {
      throw new RangeError(`${this.#height - this.#count} rows are missing`);
    }
    const y = {
      ...this.#y,
      gradients: this.#y.gradients.slice(),
      secondDifferences: this.#y.secondDifferences.slice(),
    };
    y.gradients[0] = difference(last, first);
    y.secondDifferences[0] = secondDifference(last, first, second);
    y.secondDifferences[this.#height - 1] = secondDifference(beforeLast, last, first);
    return { x: meansOf(this.#x, this.#height), y: meansOf(y, this.#width) };
  }

  #addRow(row: Uint8Array): void {
    const y = this.#count;
    this.#y.tones[y] = this.#addColumns(row);
    if (this.#last !== undefined) this.#y.gradients[y] = difference(this.#last, row);
    if (this.#last !== undefined && this.#beforeLast !== undefined) {
      this.#y.secondDifferences[y - 1] = secondDifference(this.#beforeLast, this.#last, row);
    }
    if (this.#first.length < 2) this.#first = [...this.#first, row.slice()];
    this.#beforeLast = this.#last;
    this.#last = row;
    this.#count += 1;
  }

  /** @returns the sum of the row's levels. */
  #addColumns(row: Uint8Array): number {
    const { gradients, secondDifferences, tones } = this.#x;
    const width = this.#width;
    let sum = 0;
    for (let channel = 0; channel < CHANNELS; channel++) {
      let left = row[CHANNELS * (width - 1) + channel] as number;
      let level = row[channel] as number;
      for (let x = 0, next = channel + CHANNELS; x < width; x++, next += CHANNELS) {
        const right = row[x + 1 < width ? next : channel] as number;
        gradients[x] = (gradients[x] as number) + Math.abs(level - left);
        secondDifferences[x] = (secondDifferences[x] as number) + Math.abs(right - 2 * level + left);
        tones[x] = (tones[x] as number) + level;
        sum += level;
        left = level;
        level = right;
      }
    }
    return sum;
  }
}

function emptyProfiles(extent: number): AxisProfiles {
  const zeros = () => new Float64Array(extent);
  return { gradients: zeros(), secondDifferences: zeros(), tones: zeros() };
}

function meansOf({ gradients, secondDifferences, tones }: AxisProfiles, lineLength: number): AxisProfiles {
  const mean = (sums: Float64Array) => sums.map((sum) => sum / (CHANNELS * lineLength));
  return { gradients: mean(gradients), secondDifferences: mean(secondDifferences), tones: mean(tones) };
}

function difference(row: Uint8Array, next: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += Math.abs((next[i] as number) - (row[i] as number));
  return sum;
}

function secondDifference(before: Uint8Array, row: Uint8Array, next: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    sum += Math.abs((next[i] as number) - 2 * (row[i] as number) + (before[i] as number));
  }
  return sum;
}
