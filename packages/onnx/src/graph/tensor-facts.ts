import type { ElementType } from './element-type.js';
import type { Shape } from './shapes.js';

/** What is known of a tensor without running the graph, for inputs of given extents. */
export interface TensorFacts {
  readonly elementType: ElementType | undefined;
  readonly shape: Shape | undefined;
  /** Of small tensors that do not depend on what is fed: constants, and numbers computed from shapes. */
  readonly values?: readonly number[] | undefined;
}

/** Tensors with more elements are weights, whose values no cut needs. */
export const MOST_VALUES = 8192;

export const UNKNOWN: TensorFacts = { elementType: undefined, shape: undefined };
