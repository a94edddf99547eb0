import type { Pixels } from '../stages.js';
import { LineSumsOfRows, STRIP_PIXELS } from './line-sums.js';
import { geometricMean, type Neighbourhood, prominence } from './prominence.js';
import type { SeamEdges } from './seam-edges.js';
import type { SeamEdge, SeamFigures } from './seam-figures.js';

/** Measures an image's seams while its rows arrive. */
export interface SeamMeter {
  /**
   * @param rows the next whole rows, RGB8, from the top; not kept.
   * @throws RangeError when they are no whole rows, or too many.
   */
  add(rows: Uint8Array): void;
  /** @throws RangeError while rows are missing. */
  figures(): SeamFigures;
}

/** Rows or columns of which a line's tones are taken together, about as long as an eye follows a line. */
const TONE_RUN = 128;

/** Of steps in brightness: lines beyond the two pixels to which a decoder blurs a step. In levels of 255. */
const GRADIENTS = { distances: [3, 4, 5], margin: 1, floor: 0.1 };
/** Of strips on both sides of a line: those next to them. */
const TONES = { distances: [STRIP_PIXELS], margin: STRIP_PIXELS, floor: 0.25 };

/**
 * A seam is a line that stands out from the lines beside it more than lines
 * do that are none. For every line s, G(s) is the mean |I(s) − I(s − 1)| and
 * T(s) the mean difference between the strips of 8 pixels on its two sides;
 * each is divided by the same of the lines beside s, and by what that comes to
 * on interior lines at the same offset in their cells. So neither a busy
 * region nor the first stage's own pattern counts as a seam. An image's
 * figures are the geometric means over its edges.
 */
export function createSeamMeter(
  { width, height }: { readonly width: number; readonly height: number },
  edges: SeamEdges,
): SeamMeter {
  const lines = new LineSumsOfRows(width, height, TONE_RUN);
  return {
    add: (rows) => lines.add(rows),
    figures() {
      const { columnGradients, rowGradients, columnTones, rowTones } = lines.sums();
      const { period } = edges;
      const x = { axis: 'x', edges: edges.x, period } as const;
      const y = { axis: 'y', edges: edges.y, period } as const;
      const ratios = [...standOut(x, columnGradients, GRADIENTS), ...standOut(y, rowGradients, GRADIENTS)];
      const toneSteps = [...standOut(x, toneProfile(columnTones), TONES), ...standOut(y, toneProfile(rowTones), TONES)];
      return { ratio: meanOf(ratios), toneStep: meanOf(toneSteps), worst: worstOf(ratios) };
    },
  };
}

/** The figures of a whole image. */
export function seamFigures(pixels: Pixels, edges: SeamEdges): SeamFigures {
  const meter = createSeamMeter(pixels, edges);
  meter.add(pixels.data);
  return meter.figures();
}

interface AxisEdges {
  readonly axis: 'x' | 'y';
  readonly edges: readonly number[];
  readonly period: number;
}

/** Each edge's prominence over that of interior lines. */
function standOut(
  { axis, edges, period }: AxisEdges,
  profile: Float64Array,
  terms: Omit<Neighbourhood, 'wraps'>,
): readonly SeamEdge[] {
  const neighbourhood = { ...terms, wraps: edges[0] === 0 };
  const prominences = (lines: readonly number[]) =>
    lines.flatMap((line) => {
      const found = prominence(profile, line, neighbourhood);
      return found === undefined ? [] : [{ line, found }];
    });
  const usual = geometricMean(prominences(interiorLines(profile.length, edges, period)).map(({ found }) => found));
  return prominences(edges).map(({ line, found }) => ({ axis, position: line, ratio: found / usual }));
}

/** Lines that are no edges, at the same offset as they in their cells; any other where edges leave none of these. */
function interiorLines(extent: number, edges: readonly number[], period: number): readonly number[] {
  const taken = new Set(edges);
  const free = (lines: readonly number[]) => lines.filter((line) => line > 0 && !taken.has(line));
  const alike = free(Array.from({ length: Math.ceil(extent / period) }, (_, cell) => cell * period));
  return alike.length > 0 ? alike : free(Array.from({ length: extent }, (_, line) => line));
}

/** T of every line: between the means of the strips before it and from it on, over all runs. */
function toneProfile(runs: readonly Float64Array[]): Float64Array {
  const extent = runs[0]?.length ?? 0;
  const steps = new Float64Array(extent);
  for (const tones of runs) {
    for (let line = 0; line < extent; line++) {
      let difference = 0;
      for (let i = 0; i < STRIP_PIXELS; i++) {
        difference += tones[(line + i) % extent] as number;
        difference -= tones[(line - 1 - i + extent) % extent] as number;
      }
      steps[line] = (steps[line] as number) + Math.abs(difference) / (STRIP_PIXELS * runs.length);
    }
  }
  return steps;
}

function meanOf(edges: readonly SeamEdge[]): number {
  return geometricMean(edges.map(({ ratio }) => ratio));
}

function worstOf(edges: readonly SeamEdge[]): SeamEdge {
  const none: SeamEdge = { axis: 'x', position: 0, ratio: 1 };
  return edges.reduce((worst, edge) => (edge.ratio > worst.ratio ? edge : worst), edges[0] ?? none);
}
