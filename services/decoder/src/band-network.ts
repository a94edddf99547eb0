import { join } from 'node:path';
import { type DecoderBandsCard, type ModelCard, TesseraError } from '@tessera/core';
import {
  type BandPlan,
  bandExtent,
  cutGraphs,
  type Executor,
  GraphIndex,
  type LoadedNetwork,
  type PlannedBands,
  planBands,
  reachOf,
  readGraphModel,
} from '@tessera/onnx';

export interface BandNetworkSetup {
  readonly executor: Executor;
  /** Of the model. */
  readonly folder: string;
  readonly card: ModelCard;
  /** Of this machine's caches. */
  readonly cache: string;
}

/** A decoder cut so that bands of rows can be computed apart. Its parts are loaded when they are first needed. */
export class BandNetwork {
  readonly card: DecoderBandsCard;
  readonly cache: string;
  readonly #executor: Executor;
  readonly #planned: PlannedBands;
  readonly #modelSha256: string;
  #loading: Promise<readonly LoadedNetwork[]> | undefined;

  /** @throws TesseraError failed_precondition naming the operator and the reason where the graph has to stay whole. */
  constructor({ executor, folder, card, cache }: BandNetworkSetup) {
    const { fixedBatch = 1 } = card.decoder;
    if (fixedBatch !== 1) {
      throw new TesseraError('failed_precondition', `it was exported for batches of ${fixedBatch} images`);
    }
    this.#planned = planBands(new GraphIndex(readGraphModel(join(folder, card.files.decoder))));
    const whole = this.plan.segments.find(({ kind }) => kind === 'whole');
    if (card.decoder.fixedSize !== undefined && whole !== undefined) {
      const text = `it was exported for one size, and ${whole.outputs} needs all of the latent`;
      throw new TesseraError('failed_precondition', text);
    }
    this.card = { ...bandExtent(this.plan), reach: reachOf(this.plan) };
    this.cache = cache;
    this.#executor = executor;
    this.#modelSha256 = card.sha256;
  }

  get plan(): BandPlan {
    return this.#planned.plan;
  }

  /** One for each segment of the plan. @throws TesseraError failed_precondition when ONNX Runtime refuses one. */
  networks(): Promise<readonly LoadedNetwork[]> {
    this.#loading ??= this.#load().catch((thrown) => {
      this.#loading = undefined;
      throw thrown;
    });
    return this.#loading;
  }

  async #load(): Promise<readonly LoadedNetwork[]> {
    const paths = await cutGraphs(join(this.cache, 'cut'), { modelSha256: this.#modelSha256, ...this.#planned });
    const networks: LoadedNetwork[] = [];
    // One after the other: runs that wait come in between.
    for (const path of paths) networks.push(await this.#executor.load(path, { arena: false }));
    return networks;
  }
}
