import { Tensor } from 'onnxruntime-node';
import { isNetworkDataType } from './network-border.js';
import type { TypedTensor } from './typed-tensor.js';

type HalfArray = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => ArrayLike<number>;

/** ONNX Runtime takes a Float16Array for float16 where the host has that type, otherwise the bits as Uint16Array. */
const HostFloat16Array = (globalThis as { Float16Array?: HalfArray }).Float16Array;

/** A view of the same memory. */
export function ortTensor({ dtype, shape, data }: TypedTensor): Tensor {
  if (dtype === 'float16' && HostFloat16Array !== undefined) {
    const halves = new HostFloat16Array(data.buffer, data.byteOffset, data.length) as unknown as Uint16Array;
    return new Tensor(dtype, halves, shape);
  }
  return new Tensor(dtype, data as Tensor.DataTypeMap[typeof dtype], shape);
}

/** A view of the same memory. @throws Error for a type that this system does not carry. */
export function typedTensor(tensor: Tensor): TypedTensor {
  if (!isNetworkDataType(tensor.type)) throw new Error(`the network answered a tensor of ${tensor.type}`);
  const shape = [...tensor.dims];
  const { data } = tensor;
  if (tensor.type === 'float16' && !(data instanceof Uint16Array)) {
    const { buffer, byteOffset, length } = data as unknown as Float32Array;
    return { dtype: 'float16', shape, data: new Uint16Array(buffer, byteOffset, length) };
  }
  return { dtype: tensor.type, shape, data } as TypedTensor;
}
