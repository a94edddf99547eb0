/** A dense float32 tensor, row-major. Latents are always of this type inside the program. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The number of elements that a shape implies; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * @throws RangeError when data and shape do not agree.
 */
export function tensor(shape: readonly number[], data: Float32Array): Tensor {
  if (data.length !== elementCount(shape)) {
    throw new RangeError(`a tensor of shape [${shape}] has ${elementCount(shape)} elements, not ${data.length}`);
  }
  return { shape, data };
}
