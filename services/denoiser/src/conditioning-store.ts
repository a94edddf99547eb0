import { type Tensor, TesseraError } from '@tessera/core';
import { type NetworkDataType, type TypedTensor, typedFromFloat32 } from '@tessera/onnx';
import type { ConditioningUpload__Output } from '@tessera/proto';
import { BoundedMap, TensorIntake } from '@tessera/runtime';

/** What one prompt became, by the denoiser's input names, without batch axis. */
export class StoredConditioning {
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly byteLength: number;
  readonly #typed = new Map<string, TypedTensor>();

  constructor(inputs: ReadonlyMap<string, Tensor>) {
    this.inputs = inputs;
    this.byteLength = [...inputs.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  }

  /** An input in the type that a network takes; converted once. The memory is shared: do not give it away. */
  typed(name: string, dtype: NetworkDataType): TypedTensor | undefined {
    const tensor = this.inputs.get(name);
    if (tensor === undefined) return undefined;
    const key = `${dtype} ${name}`;
    const typed = this.#typed.get(key) ?? typedFromFloat32(dtype, tensor.shape, tensor.data);
    this.#typed.set(key, typed);
    return typed;
  }
}

/**
 * The conditionings of one stream, by id, within a number of bytes. The ones
 * longest unused are forgotten first; a call that names a forgotten one is
 * told so and its gateway sends it again.
 */
export class ConditioningStore {
  readonly #maxBytes: number;
  readonly #stored: BoundedMap<StoredConditioning>;
  readonly #arriving = new Map<string, Map<string, TensorIntake>>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#stored = new BoundedMap(maxBytes, ({ byteLength }) => byteLength);
  }

  get(id: string): StoredConditioning | undefined {
    return this.#stored.use(id);
  }

  /**
   * Takes one message of an upload.
   *
   * @throws TesseraError invalid_argument; nothing of the upload is kept then.
   */
  accept({ conditioningId: id, tensor: named, complete }: ConditioningUpload__Output): void {
    const intakes = this.#arriving.get(id) ?? new Map<string, TensorIntake>();
    this.#arriving.set(id, intakes);
    try {
      const name = named?.name ?? '';
      const intake = intakes.get(name) ?? new TensorIntake(`conditioning ${name}`, this.#maxBytes);
      intakes.set(name, intake);
      intake.add(named?.tensor ?? null);
      this.#assertArrivingFits();
      if (!complete) return;
      this.#stored.put(id, new StoredConditioning(new Map([...intakes].map(([key, whole]) => [key, whole.tensor()]))));
      this.#arriving.delete(id);
    } catch (thrown) {
      this.#arriving.delete(id);
      throw thrown;
    }
  }

  #assertArrivingFits(): void {
    const intakes = [...this.#arriving.values()].flatMap((byName) => [...byName.values()]);
    const bytes = intakes.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes > this.#maxBytes) {
      throw new TesseraError('invalid_argument', `conditioning uploads must have at most ${this.#maxBytes} bytes`, {
        field: 'conditioning',
      });
    }
  }
}
