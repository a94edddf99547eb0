import { join } from 'node:path';
import { type ModelCard, TesseraError } from '@tessera/core';
import { type EvaluationCost, type Executor, float32FromTyped, RunForecast, type RunResult } from '@tessera/onnx';
import type { Evaluation, EvaluationNetwork, NetworkRun, PendingNetworkRun } from './evaluation.js';
import { measureNetwork, type NetworkMeasurement } from './measure-network.js';
import { networkFeeds } from './network-feeds.js';
import { type NetworkGraph, wholeGraph } from './network-graph.js';
import { PROTECTIONS, type Protections } from './protections.js';

/** The denoising network of one model. */
export class DenoiserNetwork implements EvaluationNetwork {
  readonly card: ModelCard;
  readonly #graph: NetworkGraph;
  #measured: NetworkMeasurement = { costs: [], gainfulRows: 1, rowsAreIndependent: false };
  #forecast: RunForecast;
  readonly #protections: Protections;

  private constructor(card: ModelCard, graph: NetworkGraph, protections: Protections) {
    this.card = card;
    this.#graph = graph;
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
    return DenoiserNetwork.over(wholeGraph(executor, network), card, protections, measure);
  }

  /** Warms a graph up that is loaded, and measures it. */
  static async over(
    graph: NetworkGraph,
    card: ModelCard,
    protections: Protections = PROTECTIONS,
    measure: (network: DenoiserNetwork) => Promise<NetworkMeasurement> = measureNetwork,
  ): Promise<DenoiserNetwork> {
    const loaded = new DenoiserNetwork(card, graph, protections);
    loaded.#measured = await measure(loaded);
    loaded.#forecast = loaded.#forecastFrom(loaded.#measured.costs);
    return loaded;
  }

  get runsAtOnce(): number {
    return this.#graph.runsAtOnce;
  }

  /** See NetworkGraph. */
  get unfinished(): number {
    return this.#graph.unfinished;
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

  begin(evaluations: readonly Evaluation[], wanted?: () => boolean): PendingNetworkRun {
    const { output } = this.card.denoiser;
    const run = { output, evaluations: evaluations.length, ...(wanted && { wanted }) };
    const { result, ...pending } = this.#graph.begin(this.#feedsOf(evaluations), run);
    return { result: result.then((ran) => this.#read(evaluations, ran)), ...pending };
  }

  /** A run that does not count as work. */
  async warmUp(evaluations: readonly Evaluation[], mayFail = false): Promise<NetworkRun> {
    const run = { output: this.card.denoiser.output, evaluations: 0, mayFail };
    return this.#read(evaluations, await this.#graph.begin(this.#feedsOf(evaluations), run).result);
  }

  /** As `warmUp`, for a run that may be too large; `undefined` when it is. */
  async tryOut(evaluations: readonly Evaluation[]): Promise<NetworkRun | undefined> {
    try {
      return await this.warmUp(evaluations, true);
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

  #feedsOf(evaluations: readonly Evaluation[]) {
    return networkFeeds(this.card.denoiser, evaluations, this.#batchOf(evaluations));
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
