import type { EvaluationCost } from './evaluation-cost.js';

/** Runs of one size: rows of so many cells. */
export interface RunSize {
  readonly rows: number;
  /** height × width of one latent */
  readonly cells: number;
}

export interface Forecast {
  readonly expectedMs: number;
  /** Hardly any run ends before this. */
  readonly earliestMs: number;
}

export interface ForecastBasis {
  /** Measured at start; may be empty. */
  readonly costs: readonly EvaluationCost[];
  /** height × width of the latents of that measurement */
  readonly nativeCells: number;
}

/** Weight of the newest run against all before. */
const NEWEST = 0.2;
/** Of a size that has not run yet. */
const UNKNOWN_SPREAD = 0.25;
const SPREADS = 3;

/** How long runs of one network take: from those that were, and before any from the table measured at start. */
export class RunForecast {
  readonly #basis: ForecastBasis;
  readonly #seen = new Map<string, { readonly meanMs: number; readonly spreadMs: number }>();

  constructor(basis: ForecastBasis) {
    this.#basis = basis;
  }

  /** `undefined` while nothing is known of the network. */
  of(size: RunSize): Forecast | undefined {
    const seen = this.#seen.get(keyOf(size)) ?? this.#fromTable(size);
    if (seen === undefined) return undefined;
    return { expectedMs: seen.meanMs, earliestMs: Math.max(0, seen.meanMs - SPREADS * seen.spreadMs) };
  }

  ran(size: RunSize, runMs: number): void {
    const before = this.#seen.get(keyOf(size)) ?? { meanMs: runMs, spreadMs: UNKNOWN_SPREAD * runMs };
    const off = runMs - before.meanMs;
    this.#seen.set(keyOf(size), {
      meanMs: before.meanMs + NEWEST * off,
      spreadMs: before.spreadMs + NEWEST * (Math.abs(off) - before.spreadMs),
    });
  }

  #fromTable({ rows, cells }: RunSize) {
    const { costs, nativeCells } = this.#basis;
    const largerBatch = costs.find(({ batchSize }) => batchSize >= rows) ?? costs.at(-1);
    if (largerBatch === undefined) return undefined;
    const { batchSize, runMs } = largerBatch;
    const relative = cells / nativeCells;
    // Attention grows with the square of the cells, everything else with the cells.
    const meanMs = runMs * (rows / batchSize) * Math.max(relative, relative ** 2);
    return { meanMs, spreadMs: UNKNOWN_SPREAD * meanMs };
  }
}

function keyOf({ rows, cells }: RunSize): string {
  return `${rows} ${cells}`;
}
