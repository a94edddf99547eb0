import type { Tensor as WireTensor } from './generated/tessera/v1/Tensor.js';
import { type TensorAssembly, tensorParts, type WireDataType } from './tensor-codec.js';

/** A tensor of any type that travels; float16 as its 16 bits. */
export type NumberTensor =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'float16'; readonly shape: readonly number[]; readonly data: Uint16Array }
  | { readonly dtype: 'float64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: 'int64'; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly dtype: 'int32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array };

const WIRE_TYPES = {
  float32: 'DATA_TYPE_FLOAT32',
  float16: 'DATA_TYPE_FLOAT16',
  float64: 'DATA_TYPE_FLOAT64',
  int64: 'DATA_TYPE_INT64',
  int32: 'DATA_TYPE_INT32',
  uint8: 'DATA_TYPE_UINT8',
} as const satisfies Record<NumberTensor['dtype'], WireDataType>;

/** The parts of a tensor, each small enough for one message. Views, not copies. */
export function numberParts({ dtype, shape, data }: NumberTensor): Generator<WireTensor> {
  return tensorParts(WIRE_TYPES[dtype], shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** A complete tensor, over the memory that it was collected in. */
export function numberTensor({ dtype, shape, bytes: { buffer } }: TensorAssembly): NumberTensor {
  switch (dtype) {
    case 'DATA_TYPE_FLOAT32':
      return { dtype: 'float32', shape, data: new Float32Array(buffer) };
    case 'DATA_TYPE_FLOAT16':
      return { dtype: 'float16', shape, data: new Uint16Array(buffer) };
    case 'DATA_TYPE_FLOAT64':
      return { dtype: 'float64', shape, data: new Float64Array(buffer) };
    case 'DATA_TYPE_INT64':
      return { dtype: 'int64', shape, data: new BigInt64Array(buffer) };
    case 'DATA_TYPE_INT32':
      return { dtype: 'int32', shape, data: new Int32Array(buffer) };
    case 'DATA_TYPE_UINT8':
      return { dtype: 'uint8', shape, data: new Uint8Array(buffer) };
  }
}
