import type { ElementType } from '../element-type.js';

/**
 * An image network cut so that bands of rows can be computed apart: plain data,
 * to be kept beside the segments' files. Tensors go by their names in the model.
 */
export interface BandPlan {
  readonly input: string;
  readonly output: string;
  /** Input, output and what lies between segments, where it is an image. */
  readonly images: Readonly<Record<string, BandImage>>;
  /** The fewest latent rows that a band may have: its neighbours ask it for so many. */
  readonly fewestLatentRows: number;
  readonly norms: readonly BandNorm[];
  /** In the order in which they run. */
  readonly segments: readonly BandSegment[];
}

/** [1, channels, rows, columns] */
export interface BandImage {
  readonly elementType: ElementType;
  readonly channels: number;
  /** Rows, and columns, for each one of the latent, the smallest image of the network. */
  readonly rowsPerLatentRow: number;
}

/** A group normalisation: its statistics are measured over `input` of all bands, and come back as scale and shift. */
export interface BandNorm {
  readonly input: string;
  readonly groups: number;
  readonly epsilon: number;
  /** One a channel. */
  readonly scale: readonly number[];
  readonly bias: readonly number[];
  /** The segment's inputs for them, float32 [1, channels, 1, 1]. */
  readonly scaleInput: string;
  readonly shiftInput: string;
}

export interface BandSegment {
  readonly name: string;
  /** A `whole` segment takes and gives whole tensors, and runs once. */
  readonly kind: 'banded' | 'whole';
  readonly inputs: readonly SegmentInput[];
  readonly outputs: readonly string[];
  /** Which of the plan's norms it applies. */
  readonly norms: readonly number[];
  readonly rowPads: readonly RowPad[];
  /** Bytes of weights it holds, as stored. */
  readonly weightBytes: number;
}

export interface SegmentInput {
  readonly tensor: string;
  /** Rows it wants beyond the band's own, where the image goes on there. */
  readonly above: number;
  readonly below: number;
}

/**
 * An input of int64 [8] with ONNX Pad's amounts: rows of zeros to add (or, if
 * negative, rows to cut off) above and below. At the image's own border they
 * differ from those between bands.
 */
export interface RowPad {
  readonly input: string;
  readonly above: number;
  readonly below: number;
  readonly aboveAtBorder: number;
  readonly belowAtBorder: number;
}
