import { elementCount, type Tensor, TesseraError } from '@tessera/core';
import { type Predictions__Output, TensorAssembly, type TensorPart__Output } from '@tessera/proto';
import type { WindowPredictions } from './predict-stream.js';

/** Collects the predictions of one call, whole or in parts. */
export class PredictionAssembly {
  readonly #shape: readonly number[];
  readonly #count: number;
  #tensors: readonly TensorAssembly[] | undefined;
  #runMs = 0;
  #batchSize = 0;
  #virtualTime = 0;

  /** @param shape of each of the `count` predictions. */
  constructor(shape: readonly number[], count: number) {
    this.#shape = shape;
    this.#count = count;
  }

  /** @throws TesseraError `internal` when it is not what the call asked for. */
  begin({ predictions, runUs, batchSize, virtualTime }: Predictions__Output): void {
    const maxBytes = 4 * elementCount(this.#shape);
    this.#tensors = predictions.map((tensor) => new TensorAssembly(tensor, maxBytes));
    const shapes = this.#tensors.map(({ shape }) => shape.join());
    if (shapes.length !== this.#count || shapes.some((shape) => shape !== this.#shape.join())) {
      const text = `${this.#count} predictions of shape [${this.#shape}] expected, got [${shapes.join('], [')}]`;
      throw new TesseraError('internal', text);
    }
    this.#runMs = Number(runUs) / 1000;
    this.#batchSize = batchSize;
    this.#virtualTime = virtualTime;
  }

  /** @throws TesseraError `internal` for a part of nothing. */
  add({ tensorIndex, tensor }: TensorPart__Output): void {
    const assembly = this.#tensors?.[tensorIndex];
    if (assembly === undefined || tensor === null) throw new TesseraError('internal', 'a part of no prediction');
    assembly.add(tensor);
  }

  /** `undefined` until every part is there. */
  result(): WindowPredictions | undefined {
    if (!this.#tensors?.every(({ complete }) => complete)) return undefined;
    const predictions: Tensor[] = this.#tensors.map((assembly) => assembly.float32());
    const batchSize = Math.max(1, this.#batchSize);
    return { predictions, runMs: this.#runMs, batchSize, virtualTime: this.#virtualTime };
  }
}
