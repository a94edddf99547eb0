import { join } from 'node:path';
import {
  encoderInput,
  invalidField,
  latentFromMoments,
  type ModelCard,
  type Pixels,
  type Tensor,
  TesseraError,
} from '@tessera/core';
import {
  type Executor,
  float32FromTyped,
  type LoadedNetwork,
  type RunOptions,
  repeatedRow,
  typedFromFloat32,
} from '@tessera/onnx';

/** One pass of 2048 × 2048 pixels: what is larger comes in windows. */
const MAX_PIXELS = 2 ** 22;

export interface EncodedImage {
  /** The posterior's mean, scaled, [channels, height, width]. */
  readonly latent: Tensor;
  readonly runMs: number;
}

/** The encoder half of a model's first stage. Its weights are loaded when it is first used, which most never are. */
export class ImageEncoderNetwork {
  readonly card: ModelCard;
  readonly #executor: Executor;
  readonly #graph: string;
  #network: Promise<LoadedNetwork> | undefined;

  constructor(executor: Executor, folder: string, card: ModelCard) {
    const { imageEncoder } = card.files;
    if (imageEncoder === undefined) throw new RangeError(`${card.name} has no image encoder`);
    this.card = card;
    this.#executor = executor;
    this.#graph = join(folder, imageEncoder);
  }

  /** Bytes of the largest image that it takes. */
  get maxPixelBytes(): number {
    return 3 * MAX_PIXELS;
  }

  /**
   * @param shape [height, width, 3]
   * @throws TesseraError invalid_argument with field `pixels`.
   */
  assertShape(shape: readonly number[]): void {
    const cell = this.card.latentFormat.spatialCompression;
    const [height = 0, width = 0, channels] = shape;
    const whole = height > 0 && width > 0 && height % cell === 0 && width % cell === 0;
    if (shape.length !== 3 || channels !== 3 || !whole) {
      throw invalidField('pixels', `must have shape [height, width, 3] of whole cells of ${cell} pixels`, `[${shape}]`);
    }
    const fixedSize = this.card.imageEncoder?.fixedSize;
    if (fixedSize !== undefined && (fixedSize.height !== height || fixedSize.width !== width)) {
      throw invalidField('pixels', `must be ${fixedSize.width} × ${fixedSize.height}`, `${width} × ${height}`);
    }
    if (height * width > MAX_PIXELS) {
      throw invalidField('pixels', `must be at most ${MAX_PIXELS}`, `${width} × ${height}`);
    }
  }

  /**
   * @param pixels of a size that it takes.
   * @throws TesseraError failed_precondition when its graph cannot be loaded.
   */
  async encode(pixels: Pixels, options: Omit<RunOptions, 'outputs'>): Promise<EncodedImage> {
    const { imageEncoder, latentFormat } = this.card;
    if (imageEncoder === undefined) throw new RangeError(`${this.card.name} has no image encoder`);
    const network = await this.#loaded();
    const batch = imageEncoder.fixedBatch ?? 1;
    const { shape, data } = encoderInput(pixels);
    const feeds = {
      [imageEncoder.input]: typedFromFloat32(imageEncoder.float, [batch, ...shape], repeatedRow(data, batch)),
    };
    const { output: name } = imageEncoder;
    const { outputs, runMs } = await this.#executor.run(network, feeds, { ...options, outputs: [name] });
    const output = outputs[name];
    if (output?.shape.length !== 4) {
      throw new TesseraError(
        'internal',
        `the image encoder gave [${output?.shape}], expected [batch, …, height, width]`,
      );
    }
    const values = float32FromTyped(output);
    const moments = { shape: output.shape.slice(1), data: values.subarray(0, values.length / batch) };
    return { latent: latentFromMoments(moments, latentFormat), runMs };
  }

  #loaded(): Promise<LoadedNetwork> {
    this.#network ??= this.#executor.load(this.#graph).catch((thrown: unknown) => {
      this.#network = undefined;
      throw thrown;
    });
    return this.#network;
  }
}
