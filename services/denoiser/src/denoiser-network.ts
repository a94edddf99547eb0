import { join } from 'node:path';
import { type ModelCard, type Tensor, TesseraError } from '@tessera/core';
import { type EvaluationCost, type Executor, float32FromTyped, type LoadedNetwork } from '@tessera/onnx';
import type { Evaluation } from './evaluation.js';
import { measureNetwork } from './measure-network.js';
import { networkFeeds } from './network-feeds.js';

export interface NetworkRun {
  /** One for each evaluation, in order. */
  readonly predictions: readonly Tensor[];
  readonly runMs: number;
}

export interface NetworkRunOptions {
  readonly signal?: AbortSignal;
  /** Whether it counts as work: warm-up does not. */
  readonly counted: boolean;
}

/** The denoising network of one model. */
export class DenoiserNetwork {
  readonly card: ModelCard;
  readonly #executor: Executor;
  readonly #network: LoadedNetwork;
  #costs: readonly EvaluationCost[] = [];
  #batchLimit = 1;

  private constructor(card: ModelCard, executor: Executor, network: LoadedNetwork) {
    this.card = card;
    this.#executor = executor;
    this.#network = network;
  }

  /** Loads the graph and warms it up. */
  static async load(executor: Executor, folder: string, card: ModelCard): Promise<DenoiserNetwork> {
    const loaded = new DenoiserNetwork(card, executor, await executor.load(join(folder, card.files.denoiser)));
    const { costs, batchLimit } = await measureNetwork(loaded);
    loaded.#costs = costs;
    loaded.#batchLimit = batchLimit;
    return loaded;
  }

  get evaluationCosts(): readonly EvaluationCost[] {
    return this.#costs;
  }

  /** Evaluations that one run takes: as many as gain by it, and only where company does not change a bit. */
  get batchLimit(): number {
    return this.#batchLimit;
  }

  /** @param evaluations of one bucket. */
  async run(evaluations: readonly Evaluation[], { signal, counted }: NetworkRunOptions): Promise<NetworkRun> {
    const { denoiser } = this.card;
    const batch = denoiser.fixedBatch ?? evaluations.length;
    const { outputs, runMs } = await this.#executor.run(this.#network, networkFeeds(denoiser, evaluations, batch), {
      outputs: [denoiser.output],
      evaluations: counted ? evaluations.length : 0,
      ...(signal === undefined ? {} : { signal }),
    });
    const output = outputs[denoiser.output];
    const [rows, ...shape] = output?.shape ?? [];
    if (output === undefined || rows !== batch) {
      throw new TesseraError('internal', `the denoiser gave ${rows} rows for a batch of ${batch}`);
    }
    const values = float32FromTyped(output);
    const length = values.length / batch;
    const predictions = evaluations.map((_, row) => ({
      shape,
      data: values.subarray(row * length, (row + 1) * length),
    }));
    return { predictions, runMs };
  }
}
