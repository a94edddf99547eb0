import type { CancelSignal } from './signal.js';
import type { Tensor } from './tensor/tensor.js';

/**
 * The waist of the system: the three functions that a generation needs and
 * that do I/O. The gateway supplies them over gRPC; tests supply tiny ones.
 */
export interface Stages {
  /** One conditioning for each prompt, in order. */
  encode(prompts: readonly PromptText[], signal: CancelSignal): Promise<readonly Conditioning[]>;
  /** One prediction for each conditioning of the call, in order, of the latent's shape. */
  predict(call: PredictCall, signal: CancelSignal): Promise<readonly Tensor[]>;
  /** The image of a finished latent: whole rows, from the top. */
  decode(latent: Tensor, signal: CancelSignal): AsyncIterable<PixelBand>;
}

/** A prompt; `absent` marks a negative prompt that the request did not give. */
export interface PromptText {
  readonly text: string;
  readonly absent: boolean;
}

/** What the text encoder gives the denoiser for one prompt. */
export interface Conditioning {
  /** Content address: equal ids are equal tensors. */
  readonly id: string;
  /** Denoiser inputs by graph name, without batch axis: encoder_hidden_states [tokens, width], text_embeds [width]. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Whether it came from a cache. */
  readonly cached: boolean;
}

/** One window of one latent, evaluated once for each conditioning (unconditional first). */
export interface PredictCall {
  /** [channels, height, width]: the scheduler's scaled model input. */
  readonly latent: Tensor;
  readonly timestep: number;
  readonly conditionings: readonly Conditioning[];
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** For the queues: evaluations the generation still needed when the step began; equal calls keep their order. */
  readonly remainingEvaluations: number;
  /** Hears that it waits no more but is at a worker; perhaps more than once. */
  readonly onTaken?: () => void;
}

/** RGB8, row-major. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Whole rows of an image, `y` the first of them. */
export interface PixelBand extends Pixels {
  readonly y: number;
}
