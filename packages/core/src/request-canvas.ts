import { invalidField } from './errors.js';
import type { ModelCard } from './model-card.js';
import type { ComposeRequest } from './request.js';
import { composeOf } from './request-compose.js';
import { type Fields, fieldValue, nameOf, wholeNumber, wholeNumberFrom } from './request-fields.js';
import type { RequestLimits } from './request-limits.js';
import { countStepWindows } from './windows/moving-grid.js';
import { nativeWindow } from './windows/native-window.js';
import { DEFAULT_TILING, type Tiling, WINDOW_GRIDS, WINDOW_SCHEMES, WRAP_AXES } from './windows/tiling.js';
import { isTiled } from './windows/window-axis.js';
import { axisLayouts, type Extent } from './windows/window-grid.js';

/** The fields that `canvasOf` reads. */
export const CANVAS_FIELDS = ['width', 'height', 'overlap', 'wrap', 'windowScheme', 'windowGrid', 'compose'];

/** Size of an image and how it is cut into windows. */
export interface CanvasRequest {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly tiling: Tiling;
  readonly compose?: ComposeRequest;
}

/** What the canvas takes part in. */
export interface CanvasContext {
  readonly limits: RequestLimits;
  readonly card: ModelCard;
  /** Images of the generation. */
  readonly count: number;
  readonly steps: number;
}

/**
 * @throws TesseraError `invalid_argument` naming field, bound and value.
 */
export function canvasOf(fields: Fields, context: CanvasContext): CanvasRequest {
  const { limits, card } = context;
  const size = { width: extentOf(fields, 'width', card, limits), height: extentOf(fields, 'height', card, limits) };
  const { spatialCompression } = card.latentFormat;
  if (size.width * size.height > limits.maxImageArea) {
    const bound = `must be at most ${Math.floor(limits.maxImageArea / size.width)} for a width of ${size.width}`;
    throw invalidField('height', `${bound}: an image has at most ${limits.maxImageArea} pixels`, size.height);
  }
  const canvas = { width: size.width / spatialCompression, height: size.height / spatialCompression };
  const tiling = tilingOf(fields, canvas, card);
  assertWindows(countStepWindows(canvas, nativeWindow(card), tiling), tiling, size, context);
  const compose = composeOf(fields, canvas, context);
  return { ...size, tiling, ...(compose && { compose }) };
}

function extentOf(fields: Fields, key: 'width' | 'height', card: ModelCard, limits: RequestLimits): number {
  const value = fieldValue(fields, key);
  if (value === undefined) return card.defaults[key];
  const extent = wholeNumberFrom(value);
  const { bound, holds } = extentBound(key, card, limits);
  if (extent !== undefined && holds(extent)) return extent;
  throw invalidField(nameOf(fields, key), bound, value);
}

/** What an extent in pixels must hold, and how that is said. */
function extentBound(key: 'width' | 'height', card: ModelCard, { maxImageEdge }: RequestLimits) {
  const { latentFormat, latentMultiple, nativeCanvas, denoiser, decoder } = card;
  const cell = latentFormat.spatialCompression;
  // A decoder's graph of one size gives images of that size alone, unless it can be computed in bands.
  if (decoder.fixedSize !== undefined && decoder.bands === undefined) {
    const only = decoder.fixedSize[key] * cell;
    const holds = (extent: number) => extent === only;
    return { bound: `must be ${only}: ${card.name} was exported for that size alone`, holds };
  }
  const max = Math.floor(maxImageEdge / cell) * cell;
  if (denoiser.fixedSize !== undefined) {
    const min = denoiser.fixedSize[key] * cell;
    const holds = (extent: number) => extent >= min && extent <= max && extent % cell === 0;
    const bound = `must be a multiple of ${cell} from ${min} to ${max}`;
    return { bound: `${bound}: the denoiser of ${card.name} was exported for ${min}`, holds };
  }
  const native = nativeCanvas[key] * cell;
  const multiple = latentMultiple * cell;
  const holds = (extent: number) => {
    return extent >= multiple && extent <= max && extent % (extent < native ? multiple : cell) === 0;
  };
  const size = `${nativeCanvas.width * cell}×${nativeCanvas.height * cell}`;
  const small = `must be a multiple of ${multiple} up to ${native}`;
  return { bound: `${small}, of ${cell} from there to ${max}: the native size of ${card.name} is ${size}`, holds };
}

function tilingOf(fields: Fields, canvas: Extent, card: ModelCard): Tiling {
  const wrap = choiceOf(fields, 'wrap', WRAP_AXES) ?? DEFAULT_TILING.wrap;
  const scheme = choiceOf(fields, 'windowScheme', WINDOW_SCHEMES) ?? DEFAULT_TILING.scheme;
  const grid = choiceOf(fields, 'windowGrid', WINDOW_GRIDS) ?? DEFAULT_TILING.grid;
  const { x, y } = axisLayouts(canvas, nativeWindow(card), { wrap, scheme });
  const tiled = [x, y].filter(isTiled);
  const windows = (tiled.length > 0 ? tiled : [x, y]).map((axis) => Math.min(axis.window, axis.canvas));
  const overlap = wholeNumber(fields, 'overlap', 0, Math.min(...windows) - 1);
  return { ...(overlap !== undefined && { overlap }), wrap, scheme, ...(grid && { grid }) };
}

function assertWindows(
  windows: number,
  { overlap }: Tiling,
  { width }: Extent,
  { count, limits }: CanvasContext,
): void {
  if (windows * count <= limits.maxWindows) return;
  const text = `must be smaller: it takes ${windows * count} windows, and ${limits.maxWindows} are the most`;
  if (windows <= limits.maxWindows) throw invalidField('count', text, count);
  if (overlap !== undefined) throw invalidField('overlap', text, overlap);
  throw invalidField('width', text, width);
}

function choiceOf<Choice extends string>(fields: Fields, key: string, choices: readonly Choice[]): Choice | undefined {
  const value = fieldValue(fields, key);
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw invalidField(nameOf(fields, key), `must be one of ${choices.join(', ')}`, value);
}
