/** From this ratio on seams are likely. */
export const SEAM_ALARM = 1.15;

/**
 * What shows of an image's seams, as means over all its edges. The first
 * three compare with lines inside windows: 1 is no difference.
 */
export interface SeamFigures {
  /** R: brightness steps across the edges. */
  readonly ratio: number;
  /** The same of second differences: bends of brightness at the edges. */
  readonly secondDifference: number;
  /** The same of the difference in tone between the strips on the two sides of the edges. */
  readonly toneStep: number;
  /** How far the edges' brightness steps are from the mean of all interior lines, in their standard deviations. */
  readonly zScore: number;
  readonly worst: SeamEdge;
}

/** A line between two columns (`x`) or rows (`y`) of pixels, before number `position`. */
export interface SeamEdge {
  readonly axis: 'x' | 'y';
  readonly position: number;
  readonly ratio: number;
}
