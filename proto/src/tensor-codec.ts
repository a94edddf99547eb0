import { elementCount, type Tensor } from '@tessera/core';
import type { Tensor__Output, Tensor as WireTensor } from './generated/tessera/v1/Tensor.js';

/** Tensor bytes in one message; with its frame a message stays under 1 MB. */
export const MAX_PART_BYTES = 960 * 1024;

const BYTES_PER_ELEMENT = {
  DATA_TYPE_FLOAT32: 4,
  DATA_TYPE_FLOAT16: 2,
  DATA_TYPE_INT64: 8,
  DATA_TYPE_INT32: 4,
  DATA_TYPE_UINT8: 1,
  DATA_TYPE_FLOAT64: 8,
} as const;

export type WireDataType = keyof typeof BYTES_PER_ELEMENT;

/** The parts of a tensor's bytes, each small enough for one message. Views, not copies. */
export function* tensorParts(dtype: WireDataType, shape: readonly number[], bytes: Uint8Array): Generator<WireTensor> {
  for (let offset = 0; offset === 0 || offset < bytes.length; offset += MAX_PART_BYTES) {
    const part = bytes.subarray(offset, offset + MAX_PART_BYTES);
    yield { dtype, shape: [...shape], data: Buffer.from(part.buffer, part.byteOffset, part.byteLength), offset };
  }
}

export function float32Parts(tensor: Tensor): Generator<WireTensor> {
  const { buffer, byteOffset, byteLength } = tensor.data;
  return tensorParts('DATA_TYPE_FLOAT32', tensor.shape, new Uint8Array(buffer, byteOffset, byteLength));
}

/**
 * Collects the parts of one tensor into memory of its own (a decoded `bytes`
 * field is an unaligned view of a larger network buffer).
 */
export class TensorAssembly {
  readonly shape: readonly number[];
  readonly dtype: WireDataType;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #received = 0;

  /**
   * @param maxBytes refuse a tensor whose declared shape implies more.
   * @throws RangeError when the first part declares no type, an impossible shape, or too many bytes.
   */
  constructor(first: Tensor__Output, maxBytes: number) {
    if (!(first.dtype in BYTES_PER_ELEMENT)) throw new RangeError(`tensor of type ${first.dtype}`);
    this.dtype = first.dtype as WireDataType;
    this.shape = first.shape;
    const byteLength = elementCount(first.shape) * BYTES_PER_ELEMENT[this.dtype];
    if (!Number.isSafeInteger(byteLength) || byteLength > maxBytes) {
      throw new RangeError(`tensor of shape [${first.shape}] is larger than ${maxBytes} bytes`);
    }
    this.#bytes = new Uint8Array(byteLength);
    this.add(first);
  }

  /** @throws RangeError when a part does not follow the one before, or overruns. */
  add(part: Tensor__Output): void {
    if (Number(part.offset) !== this.#received || this.#received + part.data.length > this.#bytes.length) {
      throw new RangeError(
        `tensor part at byte ${part.offset} of ${part.data.length}, expected byte ${this.#received} of ${this.#bytes.length}`,
      );
    }
    this.#bytes.set(part.data, this.#received);
    this.#received += part.data.length;
  }

  get complete(): boolean {
    return this.#received === this.#bytes.length;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** @throws RangeError when it is not float32. */
  float32(): Tensor {
    if (this.dtype !== 'DATA_TYPE_FLOAT32') throw new RangeError(`tensor of ${this.dtype}, expected float32`);
    return { shape: this.shape, data: new Float32Array(this.#bytes.buffer) };
  }
}
