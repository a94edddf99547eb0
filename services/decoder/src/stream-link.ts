import { invalidField } from '@tessera/core';
import type { SharedTensor, SharedTensors, ShareLink } from '@tessera/onnx';
import {
  type BandMessage,
  type BandMessage__Output,
  numberParts,
  numberTensor,
  TensorAssembly,
  type WireTensor__Output,
} from '@tessera/proto';

/** Of one tensor that a share may be told: rows at the latent's size of a large image, with many channels. */
const MAX_TENSOR_BYTES = 2 ** 31;

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
    for (const [name, shared] of entries) {
      for (const tensor of numberParts(shared)) await this.#say({ ...head, part: { name, tensor } });
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
    letter.tensors.set(name, numberTensor(assembly));
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
