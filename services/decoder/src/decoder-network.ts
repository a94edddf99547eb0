import { join } from 'node:path';
import { invalidField, type ModelCard, type Tensor, TesseraError, unscaledLatent } from '@tessera/core';
import {
  type Executor,
  type LoadedNetwork,
  type RunOptions,
  repeatedRow,
  type ShareLink,
  type TypedTensor,
  typedFromFloat32,
} from '@tessera/onnx';
import { BandNetwork, type BandNetworkSetup } from './band-network.js';
import { type BandShare, decodeShare } from './band-share.js';

/** One image of 8192 × 8192: beyond it a decode on one device has no use. */
const MAX_PIXELS = 2 ** 26;

export interface DecodedTensor {
  /** In −1…1, [batch, 3, height, width]; the first row is the image. */
  readonly output: TypedTensor;
  readonly runMs: number;
}

/** The decoder half of a model's first stage. */
export class DecoderNetwork {
  readonly card: ModelCard;
  readonly #executor: Executor;
  readonly #network: LoadedNetwork;

  readonly #bands: BandNetwork | TesseraError;

  private constructor(card: ModelCard, executor: Executor, network: LoadedNetwork, bands: BandNetwork | TesseraError) {
    this.card = bands instanceof BandNetwork ? { ...card, decoder: { ...card.decoder, bands: bands.card } } : card;
    this.#executor = executor;
    this.#network = network;
    this.#bands = bands;
  }

  /** @param cache folder of this machine's caches. */
  static async load(executor: Executor, folder: string, card: ModelCard, cache: string): Promise<DecoderNetwork> {
    const network = await executor.load(join(folder, card.files.decoder));
    return new DecoderNetwork(card, executor, network, openBands({ executor, folder, card, cache }));
  }

  /** Why the graph cannot be computed in bands. */
  get uncuttable(): string | undefined {
    return this.#bands instanceof BandNetwork ? undefined : this.#bands.message;
  }

  /** @throws TesseraError failed_precondition where the graph has to stay whole. */
  bandNetwork(): BandNetwork {
    if (this.#bands instanceof BandNetwork) return this.#bands;
    throw this.#bands;
  }

  /** See `decodeShare`. */
  decodeShare(share: BandShare, latent: Tensor, link: ShareLink, signal: AbortSignal): ReturnType<typeof decodeShare> {
    const parts = { executor: this.#executor, network: this.bandNetwork(), card: this.card };
    return decodeShare(parts, share, latent, link, signal);
  }

  /** Bytes of the largest float32 latent that it takes. */
  get maxLatentBytes(): number {
    const { channels, spatialCompression } = this.card.latentFormat;
    return (4 * channels * MAX_PIXELS) / spatialCompression ** 2;
  }

  /** @throws TesseraError invalid_argument with field `latent`. */
  assertShape(shape: readonly number[]): void {
    this.assertBandShape(shape);
    const [, height, width] = shape;
    const { fixedSize } = this.card.decoder;
    if (fixedSize !== undefined && (fixedSize.height !== height || fixedSize.width !== width)) {
      throw invalidField('latent', `must be ${fixedSize.height} × ${fixedSize.width} cells`, `${height} × ${width}`);
    }
  }

  /** The same for bands, which a graph of one size gives of any. */
  assertBandShape(shape: readonly number[]): void {
    const { latentFormat } = this.card;
    const [channels, height = 0, width = 0] = shape;
    const fits = shape.length === 3 && channels === latentFormat.channels && height > 0 && width > 0;
    if (!fits) throw invalidField('latent', `must have shape [${latentFormat.channels}, height, width]`, `[${shape}]`);
    if (height * width * latentFormat.spatialCompression ** 2 > MAX_PIXELS) {
      throw invalidField('latent', `must be of at most ${MAX_PIXELS} pixels`, `${height} × ${width} cells`);
    }
  }

  /** @param latent scaled, [channels, height, width], of a shape that it takes. */
  async decode(latent: Tensor, options: Omit<RunOptions, 'outputs'>): Promise<DecodedTensor> {
    const { decoder, latentFormat } = this.card;
    const batch = decoder.fixedBatch ?? 1;
    const rows = repeatedRow(unscaledLatent(latent, latentFormat).data, batch);
    const feeds = { [decoder.input]: typedFromFloat32(decoder.float, [batch, ...latent.shape], rows) };
    const { outputs, runMs } = await this.#executor.run(this.#network, feeds, {
      ...options,
      outputs: [decoder.output],
    });
    const output = outputs[decoder.output];
    if (output?.shape[1] !== 3 || output.shape.length !== 4) {
      throw new TesseraError('internal', `the decoder gave [${output?.shape}], expected [batch, 3, height, width]`);
    }
    return { output, runMs };
  }
}

function openBands(setup: BandNetworkSetup): BandNetwork | TesseraError {
  try {
    return new BandNetwork(setup);
  } catch (thrown) {
    if (thrown instanceof TesseraError && thrown.code === 'failed_precondition') return thrown;
    throw thrown;
  }
}
