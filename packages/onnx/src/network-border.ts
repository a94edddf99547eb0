import { TesseraError } from '@tessera/core';
import { decodeFloat16, encodeFloat16 } from './float16.js';
import type { NetworkDataType, TypedTensor } from './typed-tensor.js';

/**
 * float32 values as the type a network takes. Integers are cut towards zero,
 * as `tensor.to(int64)` does to a fractional timestep in diffusers.
 *
 * @returns float32 is passed through: the caller gives the memory away.
 */
export function typedFromFloat32(dtype: NetworkDataType, shape: readonly number[], data: Float32Array): TypedTensor {
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data };
    case 'float16':
      return { dtype, shape, data: encodeFloat16(data) };
    case 'int64':
      return { dtype, shape, data: BigInt64Array.from(data, (value) => BigInt(Math.trunc(value))) };
    case 'int32':
      return { dtype, shape, data: Int32Array.from(data, Math.trunc) };
    case 'uint8':
      return { dtype, shape, data: Uint8Array.from(data, Math.trunc) };
  }
}

/** A network's floating-point result as float32; float32 is passed through. */
export function float32FromTyped(tensor: TypedTensor): Float32Array {
  if (tensor.dtype === 'float32') return tensor.data;
  if (tensor.dtype === 'float16') return decodeFloat16(tensor.data);
  throw new TesseraError('internal', `the network answered ${tensor.dtype}, expected float32 or float16`);
}

export function isNetworkDataType(type: string): type is NetworkDataType {
  return ['float32', 'float16', 'int64', 'int32', 'uint8'].includes(type);
}

/** One row for each entry of a batch that a graph fixes; a single row is passed through. */
export function repeatedRow(row: Float32Array, batch: number): Float32Array {
  if (batch === 1) return row;
  const rows = new Float32Array(batch * row.length);
  for (let i = 0; i < batch; i++) rows.set(row, i * row.length);
  return rows;
}
