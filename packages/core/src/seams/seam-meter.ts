import type { Pixels } from '../stages.js';
import type { EdgeLines } from './edge-lines.js';
import { mean, ratiosOfEdges, zScoresOfEdges } from './line-figures.js';
import { type AxisProfiles, LineSumsOfRows } from './line-sums.js';
import type { SeamEdges } from './seam-edges.js';
import type { SeamEdge, SeamFigures } from './seam-figures.js';

/** Columns or rows on each side of a line whose mean tones are compared. */
const STRIP_PIXELS = 8;

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

/**
 * For every edge s: G(s), the mean |I(s) − I(s − 1)|, over the median of the
 * same on interior lines at the same offset in their cells, which leaves out
 * the first stage's own pattern; likewise the second difference, and the tone
 * step |mean of the 8 pixels before − mean of the 8 from it on|. An image's
 * figures are the means over its edges. What the image shows moves them too:
 * nothing here knows a seam from a contour that lies on an edge.
 */
export function createSeamMeter(
  { width, height }: { readonly width: number; readonly height: number },
  edges: SeamEdges,
): SeamMeter {
  const lines = new LineSumsOfRows(width, height);
  return {
    add: (rows) => lines.add(rows),
    figures() {
      const sums = lines.sums();
      const { period } = edges;
      const axes = [
        { lines: { axis: 'x', extent: width, edges: edges.x, period }, profiles: sums.x },
        { lines: { axis: 'y', extent: height, edges: edges.y, period }, profiles: sums.y },
      ] as const;
      const overBoth = (figuresOf: (axis: EdgeLines, profiles: AxisProfiles) => readonly number[]) =>
        mean(axes.flatMap((axis) => figuresOf(axis.lines, axis.profiles)));
      return {
        ratio: overBoth((axis, { gradients }) => ratiosOfEdges(axis, gradients)),
        secondDifference: overBoth((axis, { secondDifferences }) => ratiosOfEdges(axis, secondDifferences)),
        toneStep: overBoth((axis, { tones }) => ratiosOfEdges(axis, toneSteps(tones))),
        zScore: overBoth((axis, { gradients }) => zScoresOfEdges(axis, gradients)),
        worst: worstOf(axes.flatMap((axis) => edgesOf(axis.lines, axis.profiles))),
      };
    },
  };
}

/** The figures of a whole image. */
export function seamFigures(pixels: Pixels, edges: SeamEdges): SeamFigures {
  const meter = createSeamMeter(pixels, edges);
  meter.add(pixels.data);
  return meter.figures();
}

function edgesOf(lines: EdgeLines, { gradients }: AxisProfiles): readonly SeamEdge[] {
  const ratios = ratiosOfEdges(lines, gradients);
  return lines.edges.map((position, i) => ({ axis: lines.axis, position, ratio: ratios[i] as number }));
}

/** T of every line; nearer to the border than a strip, of what goes on at the other side. */
function toneSteps(tones: Float64Array): Float64Array {
  const extent = tones.length;
  return tones.map((_, line) => {
    let difference = 0;
    for (let i = 0; i < STRIP_PIXELS; i++) {
      difference += tones[(line + i) % extent] as number;
      difference -= tones[(line - 1 - i + extent) % extent] as number;
    }
    return Math.abs(difference) / STRIP_PIXELS;
  });
}

function worstOf(edges: readonly SeamEdge[]): SeamEdge {
  const [first, ...others] = edges;
  if (first === undefined) throw new RangeError('no edges to measure');
  return others.reduce((worst, edge) => (edge.ratio > worst.ratio ? edge : worst), first);
}
