/**
 * From this ratio on seams are likely. What an image shows moves the ratio of
 * any lines by a tenth to both sides, and by a quarter where its subjects
 * repeat with the windows; a hard stitch is at 3.
 */
export const SEAM_ALARM = 1.15;

/** What shows of an image's seams, against the lines around them: 1 is nothing. */
export interface SeamFigures {
  /** Brightness steps across the edges, over all of them. */
  readonly ratio: number;
  /** Difference in tone between the two sides of the edges, over all of them. */
  readonly toneStep: number;
  readonly worst: SeamEdge;
}

/** A line between two columns (`x`) or rows (`y`) of pixels, before number `position`. */
export interface SeamEdge {
  readonly axis: 'x' | 'y';
  readonly position: number;
  readonly ratio: number;
}
