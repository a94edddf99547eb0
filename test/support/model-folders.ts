import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { goldensFolder } from './goldens.js';
import { type OnnxBorder, type OnnxTensorType, writeOnnxFile } from './onnx-file.js';

type Json = Readonly<Record<string, unknown>>;

/** Files of a model folder by path: JSON objects, texts, or `null` to take one out. */
export type FolderChanges = Readonly<Record<string, Json | string | null>>;

/** Stable Diffusion 1.5 as `optimum-cli export onnx` leaves it, without weights. */
export function writeOptimumSd(folder: string, changes: FolderChanges = {}): void {
  writeTokenizer(folder, 'tokenizer', '<|endoftext|>');
  writeOnnxFile(join(folder, 'text_encoder/model.onnx'), {
    inputs: { input_ids: ['int64', ['batch_size', 'sequence_length']] },
    outputs: {
      last_hidden_state: ['float32', ['batch_size', 'sequence_length', 768]],
      pooler_output: ['float32', ['batch_size', 768]],
    },
  });
  writeOnnxFile(join(folder, 'unet/model.onnx'), optimumUnet({}, 768));
  writeOnnxFile(join(folder, 'vae_decoder/model.onnx'), vaeDecoder('float32'));
  writeOnnxFile(join(folder, 'vae_encoder/model.onnx'), vaeEncoder('latent_parameters', 8));
  applyChanges(folder, {
    'model_index.json': {
      _class_name: 'StableDiffusionPipeline',
      text_encoder: ['transformers', 'CLIPTextModel'],
      tokenizer: ['transformers', 'CLIPTokenizer'],
      unet: ['diffusers', 'UNet2DConditionModel'],
      vae: ['diffusers', 'AutoencoderKL'],
      scheduler: ['diffusers', 'PNDMScheduler'],
    },
    'scheduler/scheduler_config.json': SD_SCHEDULER,
    'text_encoder/config.json': { hidden_size: 768, max_position_embeddings: 77 },
    'unet/config.json': SD_UNET,
    'vae_decoder/config.json': KL_CONFIG,
    'vae_encoder/config.json': KL_CONFIG,
    ...changes,
  });
}

/** Stable Diffusion as diffusers' convert_stable_diffusion_checkpoint_to_onnx.py leaves it: no configs beside the graphs. */
export function writeLegacySd(folder: string, changes: FolderChanges = {}): void {
  writeTokenizer(folder, 'tokenizer', '<|endoftext|>');
  writeOnnxFile(join(folder, 'text_encoder/model.onnx'), {
    inputs: { input_ids: ['int32', ['batch', 'sequence']] },
    outputs: { last_hidden_state: ['float32', ['batch', 'sequence', 768]], pooler_output: ['float32', ['batch', 768]] },
  });
  writeOnnxFile(join(folder, 'unet/model.onnx'), {
    inputs: {
      sample: ['float32', ['batch', 'channels', 'height', 'width']],
      timestep: ['float32', ['batch']],
      encoder_hidden_states: ['float32', ['batch', 'sequence', 'Muldim']],
    },
    outputs: { out_sample: ['float32', ['a', 'b', 'c', 'd']] },
    initializers: [
      { name: 'down_blocks.0.resnets.0.conv1.weight', external: { location: 'weights.pb', offset: '0', length: '64' } },
      {
        name: 'down_blocks.3.resnets.0.conv1.weight',
        external: { location: 'weights.pb', offset: '64', length: '64' },
      },
    ],
  });
  writeFileSync(join(folder, 'unet/weights.pb'), Buffer.alloc(128, 7));
  writeOnnxFile(join(folder, 'vae_decoder/model.onnx'), {
    inputs: { latent_sample: ['float32', ['batch', 'channels', 'height', 'width']] },
    outputs: { sample: ['float32', ['a', 'b', 'c', 'd']] },
  });
  writeOnnxFile(join(folder, 'vae_encoder/model.onnx'), {
    inputs: { sample: ['float32', ['batch', 'channels', 'height', 'width']] },
    outputs: { latent_sample: ['float32', ['a', 'b', 'c', 'd']] },
  });
  applyChanges(folder, {
    'model_index.json': {
      _class_name: 'OnnxStableDiffusionPipeline',
      text_encoder: ['diffusers', 'OnnxRuntimeModel'],
      tokenizer: ['transformers', 'CLIPTokenizer'],
      unet: ['diffusers', 'OnnxRuntimeModel'],
      vae_decoder: ['diffusers', 'OnnxRuntimeModel'],
      safety_checker: [null, null],
      scheduler: ['diffusers', 'PNDMScheduler'],
    },
    'scheduler/scheduler_config.json': SD_SCHEDULER,
    ...changes,
  });
}

/** SDXL base as Optimum leaves it, in float16. */
export function writeOptimumSdxl(folder: string, changes: FolderChanges = {}): void {
  writeTokenizer(folder, 'tokenizer', '<|endoftext|>');
  writeTokenizer(folder, 'tokenizer_2', '!');
  writeOnnxFile(join(folder, 'text_encoder/model.onnx'), sdxlTextEncoder(768, 12, 'pooler_output', 768));
  writeOnnxFile(join(folder, 'text_encoder_2/model.onnx'), sdxlTextEncoder(1280, 32, 'text_embeds', 1280));
  const added = {
    text_embeds: ['float16', ['batch_size', 1280]],
    time_ids: ['float16', ['batch_size', 6]],
  } as const;
  writeOnnxFile(join(folder, 'unet/model.onnx'), optimumUnet(added, 2048, 'float16'));
  writeOnnxFile(join(folder, 'vae_decoder/model.onnx'), vaeDecoder('float32'));
  applyChanges(folder, {
    'model_index.json': {
      _class_name: 'ORTStableDiffusionXLPipeline',
      force_zeros_for_empty_prompt: true,
      text_encoder: ['transformers', 'CLIPTextModel'],
      text_encoder_2: ['transformers', 'CLIPTextModelWithProjection'],
      tokenizer: ['transformers', 'CLIPTokenizer'],
      tokenizer_2: ['transformers', 'CLIPTokenizer'],
    },
    'scheduler/scheduler_config.json': { ...SD_SCHEDULER, _class_name: 'EulerDiscreteScheduler' },
    'unet/config.json': { ...SD_UNET, sample_size: 128, down_block_types: ['a', 'b', 'c'] },
    'vae_decoder/config.json': { ...KL_CONFIG, scaling_factor: 0.13025 },
    ...changes,
  });
}

export const SD_SCHEDULER = {
  _class_name: 'PNDMScheduler',
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  beta_start: 0.00085,
  num_train_timesteps: 1000,
  set_alpha_to_one: false,
  skip_prk_steps: true,
  steps_offset: 1,
};

export const SD_UNET = {
  _class_name: 'UNet2DConditionModel',
  sample_size: 64,
  in_channels: 4,
  out_channels: 4,
  down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
};

export const KL_CONFIG = {
  _class_name: 'AutoencoderKL',
  latent_channels: 4,
  block_out_channels: [128, 256, 512, 512],
  scaling_factor: 0.18215,
};

/** Optimum's UNet: a scalar timestep, free batch and size. */
export function optimumUnet(
  added: Readonly<Record<string, OnnxTensorType>>,
  contextWidth: number,
  type: 'float32' | 'float16' = 'float32',
): OnnxBorder {
  return {
    inputs: {
      sample: [type, ['batch_size', 4, 'height', 'width']],
      timestep: [type, []],
      encoder_hidden_states: [type, ['batch_size', 'sequence_length', contextWidth]],
      ...added,
    },
    outputs: { out_sample: [type, ['batch_size', 4, 'height', 'width']] },
  };
}

function sdxlTextEncoder(width: number, layers: number, pooled: string, pooledWidth: number): OnnxBorder {
  const state: OnnxTensorType = ['float16', ['batch_size', 'sequence_length', width]];
  const states = Array.from({ length: layers + 1 }, (_, layer) => [`hidden_states.${layer}`, state] as const);
  return {
    inputs: { input_ids: ['int64', ['batch_size', 'sequence_length']] },
    outputs: {
      [pooled]: ['float16', ['batch_size', pooledWidth]],
      last_hidden_state: state,
      ...Object.fromEntries(states),
    },
  };
}

function vaeDecoder(type: 'float32' | 'float16'): OnnxBorder {
  return {
    inputs: { latent_sample: [type, ['batch_size', 4, 'height_latent', 'width_latent']] },
    outputs: { sample: [type, ['batch_size', 3, 'height', 'width']] },
  };
}

function vaeEncoder(output: string, channels: number): OnnxBorder {
  return {
    inputs: { sample: ['float32', ['batch_size', 3, 'height', 'width']] },
    outputs: { [output]: ['float32', ['batch_size', channels, 'height_latent', 'width_latent']] },
  };
}

function writeTokenizer(folder: string, name: string, padToken: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  for (const file of ['vocab.json', 'merges.txt']) {
    copyFileSync(join(goldensFolder, 'clip-tokenizer', file), join(folder, name, file));
  }
  applyChanges(folder, {
    [`${name}/tokenizer_config.json`]: {
      tokenizer_class: 'CLIPTokenizer',
      model_max_length: 77,
      pad_token: '<|endoftext|>',
    },
    [`${name}/special_tokens_map.json`]: { pad_token: { content: padToken, lstrip: false } },
  });
}

function applyChanges(folder: string, changes: FolderChanges): void {
  for (const [path, content] of Object.entries(changes)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (content === null) rmSync(file, { force: true });
    else writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}
