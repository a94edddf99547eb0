import type { BandExtent } from './decode/bands.js';
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
  readonly decoder: DecoderCard;
  readonly imageEncoder?: ImageEncoderCard;
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
  /** The graph's one input: token ids [batch, contextLength]. */
  readonly inputIdsInput: string;
  readonly inputIdsType: 'int32' | 'int64';
  /** The graph output that becomes encoder_hidden_states (its part of it). */
  readonly hiddenStateOutput: string;
  /** The graph output that becomes text_embeds. */
  readonly pooledOutput?: string;
  /** Set when the graph was exported with a fixed batch. */
  readonly fixedBatch?: number;
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
  /** Set when a timestep of rank 1 was exported with a fixed length; 1 is broadcast over the batch. */
  readonly timestepFixedLength?: number;
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

/** The first stage from latent to pixels. */
export interface DecoderCard {
  /** Latent divided by the scaling factor, [batch, channels, height, width]. */
  readonly input: string;
  /** Pixels in −1…1, [batch, 3, height, width]. */
  readonly output: string;
  readonly float: NetworkFloat;
  readonly fixedBatch?: number;
  /** In latent cells. */
  readonly fixedSize?: { readonly width: number; readonly height: number };
  /** As decoders tell it, who read the graph; absent where it cannot be computed in bands. */
  readonly bands?: DecoderBandsCard;
}

/** How a decoder's graph can be computed in bands of rows. */
export interface DecoderBandsCard extends BandExtent {
  /** Latent cells on each side that a pixel depends on through convolutions. */
  readonly reach: number;
}

/** The first stage from pixels to latent. */
export interface ImageEncoderCard {
  /** Pixels in −1…1, [batch, 3, height, width]. */
  readonly input: string;
  readonly output: string;
  /**
   * `moments`: the output is mean and log variance, [batch, 2 · channels, height, width].
   * `sample`: the graph drew from the posterior itself, so equal pixels give different latents.
   */
  readonly posterior: 'moments' | 'sample';
  readonly float: NetworkFloat;
  readonly fixedBatch?: number;
  /** In pixels. */
  readonly fixedSize?: { readonly width: number; readonly height: number };
}
