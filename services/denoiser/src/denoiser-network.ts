import { join } from 'node:path';
import { type ModelCard, TesseraError } from '@tessera/core';
import {
  type EvaluationCost,
  type Executor,
  float32FromTyped,
  type LoadedNetwork,
  RunForecast,
  type RunOptions,
  type RunResult,
} from '@tessera/onnx';
import type { Evaluation, EvaluationNetwork, NetworkRun, PendingNetworkRun } from './evaluation.js';
import { measureNetwork, type NetworkMeasurement } from './measure-network.js';
import { networkFeeds } from './network-feeds.js';
import { PROTECTIONS, type Protections } from './protections.js';

/** The denoising network of one model. */
export class DenoiserNetwork implements EvaluationNetwork {
  readonly card: ModelCard;
  readonly #executor: Executor;
  readonly #network: LoadedNetwork;
  #measured: NetworkMeasurement = { costs: [], gainfulRows: 1, rowsAreIndependent: false };
  #forecast: RunForecast;
  readonly #protections: Protections;

  private constructor(card: ModelCard, executor: Executor, network: LoadedNetwork, protections: Protections) {
    this.card = card;
    this.#executor = executor;
    this.#network = network;
    this.#protections = protections;
    this.#forecast = this.#forecastFrom([]);
  }

  /** Loads the graph, warms it up and measures it. */
  static async load(
    executor: Executor,
    folder: string,
    card: ModelCard,
    protections: Protections = PROTECTIONS,
    measure: (network: DenoiserNetwork) => Promise<NetworkMeasurement> = measureNetwork,
  ): Promise<DenoiserNetwork> {
    const network = await executor.load(join(folder, card.files.denoiser));
    const loaded = new DenoiserNetwork(card, executor, network, protections);
    loaded.#measured = await measure(loaded);
    loaded.#forecast = loaded.#forecastFrom(loaded.#measured.costs);
    return loaded;
  }

  get evaluationCosts(): readonly EvaluationCost[] {
    return this.#measured.costs;
  }

  get forecast(): RunForecast {
    return this.#forecast;
  }

  /**
   * As many as gain by company, and of larger latents fewer, so that a run
   * takes no more memory than those that were measured. Where company changes
   * bits every row runs alone: a batch of one has the same mates always.
   */
  rowLimit([, height = 1, width = 1]: readonly number[]): number {
    const { gainfulRows, rowsAreIndependent } = this.#measured;
    if (!rowsAreIndependent && this.#protections.dependentRowsRunAlone) return 1;
    return Math.max(1, Math.floor((gainfulRows * this.#nativeCells) / Math.max(this.#nativeCells, height * width)));
  }

  begin(evaluations: readonly Evaluation[]): PendingNetworkRun {
    const { result, drop } = this.#executor.begin(this.#network, ...this.#runOf(evaluations, evaluations.length));
    return { result: result.then((ran) => this.#read(evaluations, ran)), drop };
  }

  /** A run that does not count as work. */
  async warmUp(evaluations: readonly Evaluation[]): Promise<NetworkRun> {
    return this.#read(evaluations, await this.#executor.run(this.#network, ...this.#runOf(evaluations, 0)));
  }

  /** As `warmUp`, for a run that may be too large; `undefined` when it is. */
  async tryOut(evaluations: readonly Evaluation[]): Promise<NetworkRun | undefined> {
    const [feeds, options] = this.#runOf(evaluations, 0);
    try {
      return this.#read(evaluations, await this.#executor.run(this.#network, feeds, { ...options, mayFail: true }));
    } catch (thrown) {
      if (thrown instanceof TesseraError && thrown.code === 'resource_exhausted') return undefined;
      throw thrown;
    }
  }

  get #nativeCells(): number {
    const { width, height } = this.card.denoiser.fixedSize ?? this.card.nativeCanvas;
    return width * height;
  }

  #forecastFrom(costs: readonly EvaluationCost[]): RunForecast {
    return new RunForecast({ costs, nativeCells: this.#nativeCells });
  }

  #runOf(evaluations: readonly Evaluation[], counted: number) {
    const { denoiser } = this.card;
    const feeds = networkFeeds(denoiser, evaluations, this.#batchOf(evaluations));
    const options: RunOptions = { outputs: [denoiser.output], evaluations: counted };
    return [feeds, options] as const;
  }

  #batchOf({ length }: readonly Evaluation[]): number {
    return this.card.denoiser.fixedBatch ?? length;
  }

  #read(evaluations: readonly Evaluation[], { outputs, startedAtMs, runMs }: RunResult): NetworkRun {
    const batch = this.#batchOf(evaluations);
    const output = outputs[this.card.denoiser.output];
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
    return { predictions, startedAtMs, runMs };
  }
}
