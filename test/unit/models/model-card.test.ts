import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectModel, readModelCard } from '@tessera/models';
import {
  KL_CONFIG,
  optimumUnet,
  SD_SCHEDULER,
  SD_UNET,
  writeLegacySd,
  writeOptimumSd,
  writeOptimumSdxl,
} from '../../support/model-folders.js';
import { type OnnxBorder, writeOnnxFile } from '../../support/onnx-file.js';
import { repoRoot } from '../../support/paths.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

test('the built-in model', async () => {
  const { sha256, ...card } = await readModelCard(join(repoRoot, 'models/emoji'));
  assert.match(sha256, /^[0-9a-f]{64}$/);
  const { scalingFactor, preview, ...format } = card.latentFormat;
  assert.ok(scalingFactor > 0);
  assert.equal(preview?.factors.length, 4);
  assert.deepEqual(
    { ...card, latentFormat: format },
    {
      name: 'emoji',
      latentFormat: { channels: 4, spatialCompression: 8, shiftFactor: 0 },
      nativeCanvas: { width: 16, height: 16 },
      latentMultiple: 4,
      defaults: { scheduler: 'ddim', steps: 20, guidanceScale: 4, width: 128, height: 128 },
      schedulerConfig: {
        numTrainTimesteps: 1000,
        betaStart: 0.00085,
        betaEnd: 0.012,
        betaSchedule: 'scaled_linear',
        clipSample: false,
        setAlphaToOne: true,
        stepsOffset: 0,
        predictionType: 'v_prediction',
        rescaleBetasZeroSnr: true,
        timestepSpacing: 'trailing',
      },
      conditioning: {
        textEncoders: [
          {
            tokenizer: { kind: 'bert-wordpiece', folder: 'tokenizer', padTokenId: 0 },
            contextLength: 32,
            inputIdsInput: 'input_ids',
            inputIdsType: 'int64',
            hiddenStateOutput: 'last_hidden_state',
          },
        ],
        layout: 'last',
        zerosForAbsentNegative: false,
      },
      denoiser: {
        inputs: [{ name: 'encoder_hidden_states', shape: [-1, 384], type: 'float32' }],
        sampleInput: 'sample',
        timestepInput: 'timestep',
        timestepType: 'float32',
        timestepRank: 1,
        output: 'out_sample',
        float: 'float32',
      },
      decoder: { input: 'latent_sample', output: 'sample', float: 'float32' },
      imageEncoder: { input: 'sample', output: 'latent_parameters', posterior: 'moments', float: 'float32' },
      files: {
        textEncoders: ['text_encoder/model.onnx'],
        denoiser: 'unet/model.onnx',
        decoder: 'vae_decoder/model.onnx',
        imageEncoder: 'vae_encoder/model.onnx',
      },
    },
  );
});

test('Stable Diffusion from Optimum: scalar timestep, int64 ids, moments', () => {
  using folder = temporaryFolder();
  writeOptimumSd(folder.path);
  const { card } = inspectModel(folder.path);
  assert.deepEqual(
    [card.denoiser.timestepRank, card.denoiser.timestepType, card.imageEncoder?.posterior],
    [0, 'float32', 'moments'],
  );
  assert.equal(card.conditioning.textEncoders[0]?.inputIdsType, 'int64');
  assert.equal(card.conditioning.textEncoders[0]?.tokenizer.padTokenId, 49407);
  assert.equal(card.conditioning.textEncoders[0]?.contextLength, 77);
  assert.deepEqual(card.defaults, { scheduler: 'pndm', steps: 50, guidanceScale: 7.5, width: 512, height: 512 });
  assert.equal(card.latentMultiple, 8);
  assert.deepEqual(card.latentFormat.preview?.factors[0], [0.298, 0.207, 0.208]);
});

test('Stable Diffusion from diffusers’ own script: rank-1 timestep, int32 ids, weights.pb, no configs', () => {
  using folder = temporaryFolder();
  writeLegacySd(folder.path);
  const { card, files } = inspectModel(folder.path);
  assert.deepEqual(
    [card.denoiser.timestepRank, card.denoiser.timestepType, card.imageEncoder?.posterior],
    [1, 'float32', 'sample'],
  );
  assert.equal(card.conditioning.textEncoders[0]?.inputIdsType, 'int32');
  assert.ok(files.includes('unet/weights.pb'));
  assert.deepEqual(card.latentFormat.scalingFactor, 0.18215);
  assert.equal(card.latentFormat.spatialCompression, 8);
  assert.equal(card.latentMultiple, 8, 'counted from the names of the weights');
  assert.deepEqual(card.nativeCanvas, { width: 64, height: 64 });
});

test('Stable Diffusion 2: the pad token is "!"', () => {
  using folder = temporaryFolder();
  writeOptimumSd(folder.path, { 'tokenizer/special_tokens_map.json': { pad_token: '!' } });
  assert.equal(inspectModel(folder.path).card.conditioning.textEncoders[0]?.tokenizer.padTokenId, 0);
});

test('SDXL: penultimate states of two encoders, pooled output of the second, zeros for no negative', () => {
  using folder = temporaryFolder();
  writeOptimumSdxl(folder.path);
  const { card } = inspectModel(folder.path);
  const { textEncoders, layout, zerosForAbsentNegative } = card.conditioning;
  assert.equal(layout, 'sdxl');
  assert.equal(zerosForAbsentNegative, true);
  assert.deepEqual(
    textEncoders.map((encoder) => [encoder.hiddenStateOutput, encoder.pooledOutput, encoder.tokenizer.padTokenId]),
    [
      ['hidden_states.11', undefined, 49407],
      ['hidden_states.31', 'text_embeds', 0],
    ],
  );
  assert.deepEqual(card.denoiser.inputs, [
    { name: 'encoder_hidden_states', shape: [-1, 2048], type: 'float16' },
    { name: 'text_embeds', shape: [1280], type: 'float16' },
    { name: 'time_ids', shape: [6], type: 'float16' },
  ]);
  assert.equal(card.denoiser.float, 'float16');
  assert.equal(card.decoder.float, 'float32');
  assert.deepEqual(card.defaults, { scheduler: 'euler', steps: 50, guidanceScale: 5, width: 1024, height: 1024 });
  assert.equal(card.latentMultiple, 4);
  assert.deepEqual(card.latentFormat.preview?.bias, [0.1084, -0.0175, -0.0011]);
});

test('a consistency model: guidance through its embedding, four steps', () => {
  using folder = temporaryFolder();
  writeOptimumSd(folder.path, {
    'model_index.json': {
      _class_name: 'ORTLatentConsistencyModelPipeline',
      tokenizer: ['transformers', 'CLIPTokenizer'],
    },
    'scheduler/scheduler_config.json': { ...SD_SCHEDULER, _class_name: 'LCMScheduler' },
  });
  writeUnet(folder.path, optimumUnet({ timestep_cond: ['float32', ['batch_size', 256]] }, 768));
  const { card } = inspectModel(folder.path);
  assert.equal(card.denoiser.timestepCondDim, 256);
  assert.deepEqual([card.defaults.scheduler, card.defaults.steps, card.defaults.guidanceScale], ['lcm', 4, 8.5]);
});

test('a graph exported with a fixed batch, size and timestep', () => {
  using folder = temporaryFolder();
  writeOptimumSd(folder.path);
  writeUnet(folder.path, {
    inputs: {
      sample: ['float32', [2, 4, 96, 64]],
      timestep: ['int64', [1]],
      encoder_hidden_states: ['float32', [2, 77, 768]],
    },
    outputs: { out_sample: ['float32', [2, 4, 96, 64]] },
  });
  const { denoiser, nativeCanvas, defaults } = inspectModel(folder.path).card;
  assert.deepEqual(
    [denoiser.fixedBatch, denoiser.fixedSize, denoiser.timestepFixedLength, denoiser.timestepType],
    [2, { width: 64, height: 96 }, 1, 'int64'],
  );
  assert.deepEqual(nativeCanvas, { width: 64, height: 96 });
  assert.deepEqual([defaults.width, defaults.height], [512, 768]);
});

test('shift, statistics and a rectangular native size come from the configs', () => {
  using folder = temporaryFolder();
  const statistics = { latents_mean: [0, 1, 2, 3], latents_std: [1, 2, 3, 4] };
  writeOptimumSd(folder.path, {
    'vae_decoder/config.json': { ...KL_CONFIG, shift_factor: 0.25, ...statistics },
    'unet/config.json': { ...SD_UNET, sample_size: [32, 64] },
  });
  const { latentFormat, nativeCanvas } = inspectModel(folder.path).card;
  assert.deepEqual(
    [latentFormat.shiftFactor, latentFormat.latentsMean, latentFormat.latentsStd],
    [0.25, [0, 1, 2, 3], [1, 2, 3, 4]],
  );
  assert.deepEqual(nativeCanvas, { width: 64, height: 32 });
});

test('tessera.json wins over everything else', () => {
  using folder = temporaryFolder();
  writeOptimumSd(folder.path, {
    'tessera.json': {
      defaults: { scheduler: 'dpmpp-2m', steps: 25, guidance_scale: 6, width: 768 },
      latent: { scaling_factor: 0.5 },
    },
  });
  const { defaults, latentFormat } = inspectModel(folder.path).card;
  assert.deepEqual(defaults, { scheduler: 'dpmpp-2m', steps: 25, guidanceScale: 6, width: 768, height: 512 });
  assert.equal(latentFormat.scalingFactor, 0.5);
  assert.equal(latentFormat.preview, undefined, 'no published map belongs to that latent space');
});

function writeUnet(folder: string, border: OnnxBorder): void {
  writeOnnxFile(join(folder, 'unet/model.onnx'), border);
}
