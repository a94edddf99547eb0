import { type Pixels, type PreviewMap, type Tensor, TesseraError } from '@tessera/core';

export interface PreviewFit {
  readonly map: PreviewMap;
  /** Share of each colour's variance that the map explains; 0.85–0.95 is usual. */
  readonly r2: readonly [number, number, number];
}

/** One latent and the image it decodes to. */
export interface PreviewSample {
  /** [channels, height, width], scaled. */
  readonly latent: Tensor;
  /** The decoded image; its size a whole multiple of the latent's. */
  readonly pixels: Pixels;
}

/** Keeps the normal equations solvable when a channel is constant. */
const RIDGE = 1e-6;

/**
 * Fits the linear preview map of a latent space: least squares from latent
 * cells (and 1) to the box average of the pixels each covers, in −1…1.
 * W = (AᵀA + 10⁻⁶ I)⁻¹ AᵀY in float64, by Cholesky (numerics: "latent2rgb").
 * @throws TesseraError `invalid_argument` when sizes do not agree, or there is no sample.
 */
export function fitPreviewMap(samples: readonly PreviewSample[]): PreviewFit {
  const channels = samples[0]?.latent.shape[0];
  if (channels === undefined)
    throw new TesseraError('invalid_argument', 'a preview map is fitted to at least one latent');
  const rows = samples.flatMap((sample) => rowsOf(sample, channels));
  const width = channels + 1;
  const gram = zeros(width, width);
  const moment = zeros(width, 3);
  for (const { cell, rgb } of rows) accumulate(gram, moment, cell, rgb);
  for (let i = 0; i < width; i++) add(gram, i, i, RIDGE);
  const weights = solveCholesky(gram, moment);
  return {
    map: { factors: weights.slice(0, channels).map(toRgb), bias: toRgb(weights[channels] as Float64Array) },
    r2: explainedShare(rows, weights),
  };
}

interface Row {
  /** The latent's channels, then 1. */
  readonly cell: Float64Array;
  readonly rgb: Float64Array;
}

function rowsOf({ latent, pixels }: PreviewSample, channels: number): Row[] {
  const [depth = 0, height = 0, width = 0] = latent.shape;
  const f = pixels.width / width;
  if (latent.shape.length !== 3 || depth !== channels || !Number.isInteger(f) || pixels.height !== height * f) {
    const given = `a latent [${latent.shape.join(', ')}] with ${pixels.width}×${pixels.height} pixels`;
    throw new TesseraError('invalid_argument', `a preview map cannot be fitted to ${given}`);
  }
  const rows: Row[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = new Float64Array(channels + 1).fill(1);
      for (let c = 0; c < channels; c++) cell[c] = latent.data[(c * height + y) * width + x] as number;
      rows.push({ cell, rgb: boxAverage(pixels, x * f, y * f, f) });
    }
  }
  return rows;
}

function boxAverage({ width, data }: Pixels, left: number, top: number, f: number): Float64Array {
  const rgb = new Float64Array(3);
  for (let y = top; y < top + f; y++) {
    for (let x = left; x < left + f; x++) {
      for (let c = 0; c < 3; c++) rgb[c] = (rgb[c] as number) + (data[(y * width + x) * 3 + c] as number);
    }
  }
  return rgb.map((sum) => sum / (f * f * 127.5) - 1);
}

type Matrix = Float64Array[];

function zeros(rows: number, columns: number): Matrix {
  return Array.from({ length: rows }, () => new Float64Array(columns));
}

function at(matrix: Matrix, row: number, column: number): number {
  return (matrix[row] as Float64Array)[column] as number;
}

function add(matrix: Matrix, row: number, column: number, value: number): void {
  (matrix[row] as Float64Array)[column] = at(matrix, row, column) + value;
}

function accumulate(gram: Matrix, moment: Matrix, cell: Float64Array, rgb: Float64Array): void {
  cell.forEach((value, i) => {
    cell.forEach((other, j) => {
      add(gram, i, j, value * other);
    });
    rgb.forEach((colour, j) => {
      add(moment, i, j, value * colour);
    });
  });
}

/** X of A X = B for a symmetric positive definite A = L Lᵀ. */
function solveCholesky(a: Matrix, b: Matrix): Matrix {
  const n = a.length;
  const l = zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = at(a, i, j);
      for (let k = 0; k < j; k++) rest -= at(l, i, k) * at(l, j, k);
      add(l, i, j, i === j ? Math.sqrt(rest) : rest / at(l, j, j));
    }
  }
  const x = b.map((row) => row.slice());
  for (let column = 0; column < 3; column++) {
    for (let i = 0; i < n; i++) {
      let rest = at(x, i, column);
      for (let k = 0; k < i; k++) rest -= at(l, i, k) * at(x, k, column);
      (x[i] as Float64Array)[column] = rest / at(l, i, i);
    }
    for (let i = n - 1; i >= 0; i--) {
      let rest = at(x, i, column);
      for (let k = i + 1; k < n; k++) rest -= at(l, k, i) * at(x, k, column);
      (x[i] as Float64Array)[column] = rest / at(l, i, i);
    }
  }
  return x;
}

function explainedShare(rows: readonly Row[], weights: Matrix): [number, number, number] {
  return toRgb(
    Float64Array.of(0, 1, 2).map((colour) => {
      const mean = rows.reduce((sum, { rgb }) => sum + (rgb[colour] as number), 0) / rows.length;
      let residual = 0;
      let total = 0;
      for (const { cell, rgb } of rows) {
        const estimate = cell.reduce((sum, value, i) => sum + value * at(weights, i, colour), 0);
        residual += ((rgb[colour] as number) - estimate) ** 2;
        total += ((rgb[colour] as number) - mean) ** 2;
      }
      return total === 0 ? 1 : 1 - residual / total;
    }),
  );
}

function toRgb(row: Float64Array): [number, number, number] {
  return [row[0] as number, row[1] as number, row[2] as number];
}
