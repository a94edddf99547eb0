/** Windows along one axis of a canvas, in latent cells. */
export interface WindowAxis {
  /** Extent of the canvas. */
  readonly canvas: number;
  /** Extent of every window; never more than the canvas. */
  readonly window: number;
  /** Where the windows begin, ascending, none twice. */
  readonly starts: readonly number[];
  /** Whether the canvas is a circle: a window that reaches beyond its end goes on at its start. */
  readonly wraps: boolean;
}

export interface AxisLayout {
  readonly canvas: number;
  /** Extent of a window on a canvas that is not shorter. */
  readonly window: number;
  /** Cells that neighbours share at least, below the window's extent; `undefined`: a quarter of it. */
  readonly overlap: number | undefined;
  readonly wraps: boolean;
}

/**
 * Windows spread evenly over one axis, so that they cover every cell of a
 * canvas of any extent L with windows of extent W that overlap by at least o:
 * one if L ≤ W, else n = ⌈(L − o)/(W − o)⌉ at round(i·(L − W)/(n − 1)). On a
 * circle n = ⌈L/(W − o)⌉ at round(i·L/n): no place is its border. A canvas
 * shorter than a window is one window of its own extent.
 */
export function windowAxis(layout: AxisLayout): WindowAxis {
  const { canvas, wraps } = layout;
  const window = Math.min(layout.window, canvas);
  const count = windowCount(layout);
  const [span, gaps] = wraps ? [canvas, count] : [canvas - window, count - 1];
  const starts = Array.from({ length: count }, (_, i) => (i === 0 ? 0 : Math.round((i * span) / gaps)));
  return { canvas, window, starts, wraps };
}

/** How many windows `windowAxis` makes. */
export function windowCount({ canvas, window: native, overlap, wraps }: AxisLayout): number {
  const window = Math.min(native, canvas);
  const advance = window - axisOverlap(window, overlap);
  if (wraps) return Math.ceil(canvas / advance);
  return canvas <= window ? 1 : Math.ceil((canvas - window) / advance) + 1;
}

/** Whether the axis has several windows, or may have: its overlap counts. */
export function isTiled({ canvas, window, wraps }: AxisLayout): boolean {
  return wraps || canvas > window;
}

function axisOverlap(window: number, overlap: number | undefined): number {
  return overlap ?? Math.floor(window / 4);
}

/** Cells that window `index` shares with the one before it and with the one after it. */
export function sharedCells({ canvas, window, starts, wraps }: WindowAxis, index: number): [number, number] {
  const start = starts[index] as number;
  const shared = (from: number | undefined, to: number | undefined) => {
    if (from === undefined || to === undefined) return 0;
    return Math.max(0, window - (to >= from ? to - from : to - from + canvas));
  };
  if (starts.length === 1) return [0, 0];
  const before = starts[index - 1] ?? (wraps ? starts.at(-1) : undefined);
  const after = starts[index + 1] ?? (wraps ? starts[0] : undefined);
  return [shared(before, start), shared(start, after)];
}
