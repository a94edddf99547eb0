import { invalidField } from '@tessera/core';
import type { TypedTensor } from '@tessera/onnx';
import { type NamedTensor__Output, type NumberTensor, numberParts, numberTensor, TensorAssembly } from '@tessera/proto';

export type Tensors = Readonly<Record<string, TypedTensor>>;

/** What lies between two parts of a denoiser is of no fixed size; what no machine can mean is refused. */
const MAX_TENSOR_BYTES = 2 ** 31;

/** Named tensors as the messages' parts, one tensor after the other. */
export function* tensorMessages(tensors: Tensors) {
  for (const [name, tensor] of Object.entries(tensors)) {
    for (const part of numberParts(tensor as NumberTensor)) yield { name, tensor: part };
  }
}

/** Collects a number of named tensors that come one after the other, each in parts. */
export class TensorTrain {
  readonly #count: number;
  readonly #complete = new Map<string, TypedTensor>();
  #arriving: { readonly name: string; readonly assembly: TensorAssembly } | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  get complete(): boolean {
    return this.#complete.size === this.#count;
  }

  get tensors(): Tensors {
    return Object.fromEntries(this.#complete);
  }

  /** @throws TesseraError invalid_argument */
  add({ name, tensor }: NamedTensor__Output): void {
    if (tensor === null || this.complete) throw invalidField('tensor', `must be one of ${this.#count}`, name);
    try {
      if (this.#arriving?.name === name) this.#arriving.assembly.add(tensor);
      else this.#arriving = { name, assembly: new TensorAssembly(tensor, MAX_TENSOR_BYTES) };
      if (!this.#arriving.assembly.complete) return;
      this.#complete.set(name, typedTensor(this.#arriving.assembly));
      this.#arriving = undefined;
    } catch (thrown) {
      if (thrown instanceof RangeError) throw invalidField('tensor', 'must follow the one before', thrown.message);
      throw thrown;
    }
  }
}

function typedTensor(assembly: TensorAssembly): TypedTensor {
  const tensor = numberTensor(assembly);
  if (tensor.dtype === 'float64') throw new RangeError('tensor of float64, which no network takes');
  return tensor;
}
