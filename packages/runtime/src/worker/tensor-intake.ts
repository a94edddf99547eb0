import { invalidField, type Tensor, TesseraError } from '@tessera/core';
import { TensorAssembly, type WireTensor__Output } from '@tessera/proto';

/** Collects the parts of one tensor of a request; whatever is wrong is told by the field's name. */
export class TensorIntake {
  readonly #field: string;
  readonly #maxBytes: number;
  #assembly: TensorAssembly | undefined;

  constructor(field: string, maxBytes: number) {
    this.#field = field;
    this.#maxBytes = maxBytes;
  }

  get complete(): boolean {
    return this.#assembly?.complete ?? false;
  }

  /** Of what the first part declares; 0 before it. */
  get byteLength(): number {
    return this.#assembly?.bytes.byteLength ?? 0;
  }

  /** @throws TesseraError invalid_argument */
  add(part: WireTensor__Output | null): void {
    if (part === null) throw invalidField(this.#field, 'must hold a tensor', 'none');
    try {
      if (this.#assembly === undefined) this.#assembly = new TensorAssembly(part, this.#maxBytes);
      else this.#assembly.add(part);
    } catch (thrown) {
      throw this.#refusal(thrown);
    }
  }

  /** @throws TesseraError invalid_argument when parts are missing, or it is not float32. */
  tensor(): Tensor {
    if (!this.#assembly?.complete) throw invalidField(this.#field, 'must be complete', 'a part of it');
    try {
      return this.#assembly.float32();
    } catch (thrown) {
      throw this.#refusal(thrown);
    }
  }

  /** @throws TesseraError invalid_argument when parts are missing, or it is not uint8. */
  bytes(): { readonly shape: readonly number[]; readonly data: Uint8Array } {
    if (!this.#assembly?.complete) throw invalidField(this.#field, 'must be complete', 'a part of it');
    const { dtype, shape, bytes } = this.#assembly;
    if (dtype !== 'DATA_TYPE_UINT8') throw invalidField(this.#field, 'must be uint8', dtype);
    return { shape, data: bytes };
  }

  #refusal(thrown: unknown): unknown {
    if (!(thrown instanceof RangeError)) return thrown;
    return new TesseraError('invalid_argument', `${this.#field}: ${thrown.message}`, { field: this.#field });
  }
}
