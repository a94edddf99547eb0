import { type ModelCard, type PixelBand, type Tensor, TesseraError } from '@tessera/core';
import { type EvaluationCost, type Executor, RunForecast, type RunSize, type ShareLink } from '@tessera/onnx';
import type { ProgramLoad, WorkerProgram } from '@tessera/runtime';
import type { BandShare } from './band-share.js';
import type { DecoderNetwork } from './decoder-network.js';
import type { ImageEncoderNetwork } from './image-encoder-network.js';
import { pixelBands } from './pixel-bands.js';

export interface DecodedImage {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly bands: AsyncIterable<PixelBand>;
  readonly runMs: number;
}

export interface DecoderParts {
  readonly executor: Executor;
  readonly numericClass: string;
  readonly networks: readonly DecoderNetwork[];
  /** Of the models that have one. */
  readonly imageEncoders: readonly ImageEncoderNetwork[];
  readonly evaluationCosts: readonly EvaluationCost[];
}

interface DecoderRun {
  readonly network: DecoderNetwork;
  readonly size: RunSize;
}

/** Latents to pixels, on the executor of this process. */
export class Decoder implements WorkerProgram {
  readonly models: readonly ModelCard[];
  readonly device: string;
  readonly numericClass: string;
  readonly threads: number;
  readonly evaluationCosts: readonly EvaluationCost[];
  readonly failed: Promise<Error>;
  readonly #executor: Executor;
  readonly #networks: readonly DecoderNetwork[];
  readonly #imageEncoders: readonly ImageEncoderNetwork[];
  /** Those at the executor. */
  readonly #decoding = new Set<DecoderRun>();
  readonly #forecasts: ReadonlyMap<DecoderNetwork, RunForecast>;

  constructor({ executor, numericClass, networks, imageEncoders, evaluationCosts }: DecoderParts) {
    this.models = networks.map(({ card }) => card);
    this.device = executor.device;
    this.numericClass = numericClass;
    this.threads = executor.threads;
    this.evaluationCosts = evaluationCosts;
    this.failed = executor.failed;
    this.#executor = executor;
    this.#networks = networks;
    this.#imageEncoders = imageEncoders;
    this.#forecasts = new Map(
      networks.map((network) => {
        const { width, height } = network.card.nativeCanvas;
        return [network, new RunForecast({ costs: evaluationCosts, nativeCells: width * height })];
      }),
    );
  }

  /** @throws TesseraError not_found */
  network(model: string): DecoderNetwork {
    const found = this.#networks.find(({ card }) => card.name === model);
    if (found === undefined)
      throw new TesseraError('not_found', `this worker has no model ${model}`, { field: 'model' });
    return found;
  }

  /** @throws TesseraError not_found */
  imageEncoder(model: string): ImageEncoderNetwork {
    const found = this.#imageEncoders.find(({ card }) => card.name === model);
    if (found === undefined)
      throw new TesseraError('not_found', `this worker has no image encoder of a model ${model}`, { field: 'model' });
    return found;
  }

  /** @param latent scaled, [channels, height, width]. */
  async decode(network: DecoderNetwork, latent: Tensor, signal: AbortSignal): Promise<DecodedImage> {
    network.assertShape(latent.shape);
    const [, height = 1, width = 1] = latent.shape;
    const run = { network, size: { rows: 1, cells: height * width } };
    this.#decoding.add(run);
    const { output, runMs } = await network.decode(latent, { signal, evaluations: 1 }).finally(() => {
      this.#decoding.delete(run);
    });
    this.#forecasts.get(network)?.ran(run.size, runMs);
    const [, , rows = 0, columns = 0] = output.shape;
    return { width: columns, height: rows, bands: pixelBands(output), runMs };
  }

  /** See `decodeShare`: its runs are of one band at a time. */
  async *decodeShare(
    network: DecoderNetwork,
    share: BandShare,
    latent: Tensor,
    link: ShareLink,
    signal: AbortSignal,
  ): ReturnType<DecoderNetwork['decodeShare']> {
    const rows = Math.max(...share.bands.map(({ start, end }) => end - start));
    const run = { network, size: { rows: 1, cells: rows * share.width } };
    this.#decoding.add(run);
    try {
      yield* network.decodeShare(share, latent, link, signal);
    } finally {
      this.#decoding.delete(run);
    }
  }

  load(): ProgramLoad {
    const pending = this.#executor.pendingRuns();
    return {
      waiting: Math.max(0, pending - 1),
      running: Math.min(1, pending),
      busy: this.#executor.busyShare(),
      forecastMs: this.#forecastMs(),
      evaluationsStarted: this.#executor.evaluationsStarted(),
      evaluationsCompleted: this.#executor.evaluationsCompleted(),
    };
  }

  #forecastMs(): number | undefined {
    const forecasts = [...this.#decoding].map(
      ({ network, size }) => this.#forecasts.get(network)?.of(size)?.expectedMs,
    );
    const known = forecasts.filter((ms) => ms !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  }

  close(): Promise<void> {
    return this.#executor.close();
  }
}
