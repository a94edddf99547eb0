import type { LatentFormat } from './latent-format.js';
import type { SchedulerConfigValues } from './schedule/config.js';
import type { SchedulerName } from './schedulers/names.js';

/**
 * What the system knows of a model, read from its diffusers ONNX folder by
 * `packages/models`. Plain data: workers send it to gateways as JSON.
 */
export interface ModelCard {
  readonly name: string;
  /** sha256 of the model's manifest, lower-case hex: the identity of its weights. */
  readonly sha256: string;
  readonly latentFormat: LatentFormat;
  /** The size the denoiser was trained at, in latent cells. */
  readonly nativeCanvas: { readonly width: number; readonly height: number };
  /** Latent width and height must be multiples of this many cells (the UNet's downsampling). */
  readonly latentMultiple: number;
  readonly defaults: GenerationDefaults;
  /** The explicit values of scheduler_config.json; what is missing takes the default of the class that runs. */
  readonly schedulerConfig: SchedulerConfigValues;
  readonly conditioning: ConditioningCard;
  readonly denoiser: DenoiserCard;
  /** File paths inside the folder, by part. */
  readonly files: ModelFiles;
}

export interface GenerationDefaults {
  readonly scheduler: SchedulerName;
  readonly steps: number;
  readonly guidanceScale: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface ModelFiles {
  readonly textEncoders: readonly string[];
  readonly denoiser: string;
  readonly decoder: string;
  readonly imageEncoder?: string;
}

/** How prompts become denoiser inputs. */
export interface ConditioningCard {
  readonly textEncoders: readonly TextEncoderCard[];
  /**
   * `last`: encoder_hidden_states is the last hidden state of the one encoder.
   * `sdxl`: penultimate hidden states of all encoders, concatenated on the
   * last axis, and text_embeds from the last encoder.
   */
  readonly layout: 'last' | 'sdxl';
  /** SDXL: an absent negative prompt is all zeros rather than the encoding of "". */
  readonly zerosForAbsentNegative: boolean;
}

export interface TextEncoderCard {
  readonly tokenizer: TokenizerCard;
  /** Tokens, special ones included; longer prompts are cut, shorter ones padded. */
  readonly contextLength: number;
  readonly inputIdsType: 'int32' | 'int64';
  /** The graph output that becomes encoder_hidden_states (its part of it). */
  readonly hiddenStateOutput: string;
  /** The graph output that becomes text_embeds. */
  readonly pooledOutput?: string;
}

export interface TokenizerCard {
  readonly kind: 'clip-bpe' | 'bert-wordpiece';
  /** Folder inside the model. */
  readonly folder: string;
  readonly padTokenId: number;
}

export type NetworkFloat = 'float32' | 'float16';

export interface DenoiserCard {
  /** The names of the graph's inputs, beside sample and timestep. */
  readonly inputs: readonly DenoiserInputCard[];
  readonly sampleInput: string;
  readonly timestepInput: string;
  /** As the graph declares it. Rank 0 cannot hold different timesteps in one batch. */
  readonly timestepType: 'float32' | 'float16' | 'int64';
  readonly timestepRank: 0 | 1;
  readonly output: string;
  readonly float: NetworkFloat;
  /** Set when the graph was exported with a fixed batch or size. */
  readonly fixedBatch?: number;
  readonly fixedSize?: { readonly width: number; readonly height: number };
  /** Width of the guidance embedding when the graph takes `timestep_cond` (LCM). */
  readonly timestepCondDim?: number;
}

export interface DenoiserInputCard {
  readonly name: string;
  /** Without the batch axis: [77, 768] for encoder_hidden_states; −1 where the graph takes any extent. */
  readonly shape: readonly number[];
  readonly type: NetworkFloat | 'int64';
}
