import { join } from 'node:path';
import { invalidField, type ModelCard, type Tensor, TesseraError, unscaledLatent } from '@tessera/core';
import {
  type Executor,
  type LoadedNetwork,
  type RunOptions,
  repeatedRow,
  type TypedTensor,
  typedFromFloat32,
} from '@tessera/onnx';

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

  private constructor(card: ModelCard, executor: Executor, network: LoadedNetwork) {
    this.card = card;
    this.#executor = executor;
    this.#network = network;
  }

  static async load(executor: Executor, folder: string, card: ModelCard): Promise<DecoderNetwork> {
    return new DecoderNetwork(card, executor, await executor.load(join(folder, card.files.decoder)));
  }

  /** Bytes of the largest float32 latent that it takes. */
  get maxLatentBytes(): number {
    const { channels, spatialCompression } = this.card.latentFormat;
    return (4 * channels * MAX_PIXELS) / spatialCompression ** 2;
  }

  /** @throws TesseraError invalid_argument with field `latent`. */
  assertShape(shape: readonly number[]): void {
    const { latentFormat, decoder } = this.card;
    const [channels, height = 0, width = 0] = shape;
    const fits = shape.length === 3 && channels === latentFormat.channels && height > 0 && width > 0;
    if (!fits) throw invalidField('latent', `must have shape [${latentFormat.channels}, height, width]`, `[${shape}]`);
    const { fixedSize } = decoder;
    if (fixedSize !== undefined && (fixedSize.height !== height || fixedSize.width !== width)) {
      throw invalidField('latent', `must be ${fixedSize.height} × ${fixedSize.width} cells`, `${height} × ${width}`);
    }
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
