/** How the values of overlapping windows are weighted; see `createWindowWeights`. */
export const WINDOW_SCHEMES = ['ramp', 'pyramid'] as const;
export type WindowScheme = (typeof WINDOW_SCHEMES)[number];

/** Whether windows lie elsewhere at every step; see `gridOfStep`. */
export const WINDOW_GRIDS = ['moving', 'fixed'] as const;
export type WindowGridName = (typeof WINDOW_GRIDS)[number];

/** Axes along which the canvas has no border: its end goes on at its start. */
export const WRAP_AXES = ['none', 'x', 'y', 'both'] as const;
export type WrapAxes = (typeof WRAP_AXES)[number];

/** How a canvas is cut into windows and put together again, as a request asks for it. Plain data. */
export interface Tiling {
  /** Latent cells that neighbouring windows share at least; `undefined`: a quarter of the window. */
  readonly overlap?: number;
  readonly wrap: WrapAxes;
  readonly scheme: WindowScheme;
  /** `undefined`: fixed, as plans were before there was another. */
  readonly grid?: WindowGridName;
}

export const DEFAULT_TILING: Tiling = { wrap: 'none', scheme: 'ramp', grid: 'moving' };

export function wrapsX({ wrap }: Pick<Tiling, 'wrap'>): boolean {
  return wrap === 'x' || wrap === 'both';
}

export function wrapsY({ wrap }: Pick<Tiling, 'wrap'>): boolean {
  return wrap === 'y' || wrap === 'both';
}
