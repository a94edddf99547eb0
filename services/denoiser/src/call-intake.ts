import { invalidField, type Tensor } from '@tessera/core';
import type { TensorPart__Output, WirePredictCall__Output } from '@tessera/proto';
import { TensorIntake } from '@tessera/runtime';

/** Far beyond any window; the network's own bounds are judged when the shape is known to be real. */
const MAX_TENSOR_BYTES = 16 * 1024 * 1024;

/** Collects the tensors of one call: the latent (index 0), then its named inputs in the order of their first parts. */
export class CallIntake {
  readonly wire: WirePredictCall__Output;
  readonly #latent = new TensorIntake('latent', MAX_TENSOR_BYTES);
  readonly #inputs = new Map<string, TensorIntake>();

  /** @throws TesseraError invalid_argument */
  constructor(wire: WirePredictCall__Output) {
    this.wire = wire;
    this.#latent.add(wire.latent);
    for (const { name, tensor } of wire.inputs) {
      const intake = this.#inputs.get(name) ?? new TensorIntake(name, MAX_TENSOR_BYTES);
      this.#inputs.set(name, intake);
      intake.add(tensor);
    }
  }

  get complete(): boolean {
    return [this.#latent, ...this.#inputs.values()].every(({ complete }) => complete);
  }

  get latent(): Tensor {
    return this.#latent.tensor();
  }

  get inputs(): ReadonlyMap<string, Tensor> {
    return new Map([...this.#inputs].map(([name, intake]) => [name, intake.tensor()]));
  }

  /** @throws TesseraError invalid_argument */
  add({ tensorIndex, tensor }: TensorPart__Output): void {
    const intake = [this.#latent, ...this.#inputs.values()][tensorIndex];
    if (intake === undefined) throw invalidField('tensor_index', `must be of this call's tensors`, tensorIndex);
    intake.add(tensor);
  }
}
