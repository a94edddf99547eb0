import { invalidField } from '@tessera/core';
import type { SharedTensor, SharedTensors, ShareLink } from '@tessera/onnx';
import {
  type BandMessage,
  type BandMessage__Output,
  TensorAssembly,
  tensorParts,
  type WireDataType,
  type WireTensor__Output,
} from '@tessera/proto';

/** Of one tensor that a share may be told: rows at the latent's size of a large image, with many channels. */
const MAX_TENSOR_BYTES = 2 ** 31;

const WIRE_TYPES = {
  float32: 'DATA_TYPE_FLOAT32',
  float16: 'DATA_TYPE_FLOAT16',
  float64: 'DATA_TYPE_FLOAT64',
  int64: 'DATA_TYPE_INT64',
  int32: 'DATA_TYPE_INT32',
  uint8: 'DATA_TYPE_UINT8',
} as const satisfies Record<SharedTensor['dtype'], WireDataType>;

interface Letter {
  readonly tensors: Map<string, SharedTensor>;
  part: { readonly name: string; readonly assembly: TensorAssembly } | undefined;
  readonly complete: Promise<SharedTensors>;
  readonly resolve: (tensors: SharedTensors) => void;
  readonly reject: (reason: unknown) => void;
}

/** A share's link to the others by messages of its call. */
export class StreamLink implements ShareLink {
  readonly index: number;
  readonly rows: readonly number[];
  readonly #say: (message: BandMessage) => Promise<void>;
  readonly #letters = new Map<string, Letter>();
  #failure: { readonly reason: unknown } | undefined;

  /** @param say resolves when the message is on its way. */
  constructor(index: number, rows: readonly number[], say: (message: BandMessage) => Promise<void>) {
    this.index = index;
    this.rows = rows;
    this.#say = say;
  }

  async send(to: number, topic: string, tensors: SharedTensors): Promise<void> {
    const entries = Object.entries(tensors);
    const head = { share: to, topic, tensors: entries.length };
    if (entries.length === 0) await this.#say(head);
    for (const [name, { dtype, shape, data }] of entries) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      for (const tensor of tensorParts(WIRE_TYPES[dtype], shape, bytes)) {
        await this.#say({ ...head, part: { name, tensor } });
      }
    }
  }

  async receive(from: number, topic: string): Promise<SharedTensors> {
    const key = `${from} ${topic}`;
    const tensors = await this.#letter(key).complete;
    this.#letters.delete(key);
    return tensors;
  }

  /** @throws TesseraError invalid_argument for what no share says. */
  hear({ share, topic, tensors, part }: BandMessage__Output): void {
    if (share === this.index || this.rows[share] === undefined) {
      throw invalidField('heard.share', 'must be another of the shares', share);
    }
    const letter = this.#letter(`${share} ${topic}`);
    if (part?.tensor) this.#add(letter, part.name, part.tensor);
    if (letter.tensors.size === tensors) letter.resolve(Object.fromEntries(letter.tensors));
  }

  /** Nothing more will be heard. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    for (const { reject } of this.#letters.values()) reject(reason);
  }

  #add(letter: Letter, name: string, tensor: WireTensor__Output): void {
    try {
      if (letter.part?.name === name) letter.part.assembly.add(tensor);
      else letter.part = { name, assembly: new TensorAssembly(tensor, MAX_TENSOR_BYTES) };
    } catch (thrown) {
      if (thrown instanceof RangeError) throw invalidField('heard.part', 'must follow the one before', thrown.message);
      throw thrown;
    }
    const { assembly } = letter.part;
    if (!assembly.complete) return;
    letter.tensors.set(name, sharedTensor(assembly));
    letter.part = undefined;
  }

  #letter(key: string): Letter {
    const found = this.#letters.get(key);
    if (found !== undefined) return found;
    let resolve!: (tensors: SharedTensors) => void;
    let reject!: (reason: unknown) => void;
    const complete = new Promise<SharedTensors>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    // Nobody may be waiting for it yet.
    complete.catch(() => {});
    if (this.#failure !== undefined) reject(this.#failure.reason);
    const letter: Letter = { tensors: new Map(), part: undefined, complete, resolve, reject };
    this.#letters.set(key, letter);
    return letter;
  }
}

function sharedTensor({ dtype, shape, bytes: { buffer } }: TensorAssembly): SharedTensor {
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
