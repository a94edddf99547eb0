import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectModel } from '@tessera/models';
import {
  type FolderChanges,
  KL_CONFIG,
  optimumUnet,
  SD_SCHEDULER,
  writeLegacySd,
  writeOptimumSd,
  writeOptimumSdxl,
} from '../../support/model-folders.js';
import { type OnnxBorder, writeOnnxFile } from '../../support/onnx-file.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

interface Refusal {
  readonly folder: string;
  readonly changes?: FolderChanges;
  /** Graphs that take the place of the right ones. */
  readonly graphs?: Readonly<Record<string, OnnxBorder>>;
  readonly says: RegExp;
}

const { scaling_factor: _, ...UNSCALED } = KL_CONFIG;

const REFUSALS: readonly Refusal[] = [
  {
    folder: 'another kind of pipeline',
    changes: { 'model_index.json': { _class_name: 'FluxPipeline' } },
    says: /model_index\.json has _class_name FluxPipeline/,
  },
  {
    folder: 'a scheduler of another kind of diffusion',
    changes: { 'scheduler/scheduler_config.json': { _class_name: 'FlowMatchEulerDiscreteScheduler' } },
    says: /scheduler_config\.json.*FlowMatchEulerDiscreteScheduler/,
  },
  {
    folder: 'no denoiser',
    changes: { 'unet/model.onnx': null },
    says: /unet\/model\.onnx is missing/,
  },
  {
    folder: 'no first-stage config at all',
    changes: { 'vae_decoder/config.json': null, 'vae_encoder/config.json': null },
    says: /does not tell its scaling_factor.*tessera\.json/,
  },
  {
    folder: 'a first stage of unknown class without scaling factor',
    changes: { 'vae_decoder/config.json': { ...UNSCALED, _class_name: 'VQModel' } },
    says: /does not tell its scaling_factor/,
  },
  {
    folder: 'a scaling factor that is text',
    changes: { 'vae_decoder/config.json': { ...KL_CONFIG, scaling_factor: '0.18' } },
    says: /vae_decoder\/config\.json has scaling_factor "0\.18", which must be a finite number/,
  },
  {
    folder: 'an inpainting network',
    graphs: {
      'unet/model.onnx': {
        ...optimumUnet({}, 768),
        inputs: { ...optimumUnet({}, 768).inputs, sample: ['float32', ['batch_size', 9, 'height', 'width']] },
      },
    },
    says: /unet\/model\.onnx takes 9 channels for a latent of 4/,
  },
  {
    folder: 'a class-conditional network',
    graphs: { 'unet/model.onnx': optimumUnet({ class_labels: ['int64', ['batch_size']] }, 768) },
    says: /unet\/model\.onnx takes class_labels/,
  },
  {
    folder: 'a text encoder of another width',
    graphs: { 'unet/model.onnx': optimumUnet({}, 1024) },
    says: /takes hidden states 1024 wide, and the text encoders give 768/,
  },
  {
    folder: 'a tokenizer Tessera lacks',
    changes: {
      'tokenizer/tokenizer_config.json': { tokenizer_class: 'T5Tokenizer' },
      'model_index.json': { _class_name: 'StableDiffusionPipeline' },
    },
    says: /tokenizer holds a tokenizer T5Tokenizer/,
  },
  {
    folder: 'a typing error in tessera.json',
    changes: { 'tessera.json': { defaults: { guidance: 4 } } },
    says: /tessera\.json has the unknown key defaults\.guidance/,
  },
  {
    folder: 'a default size that the denoiser cannot halve',
    changes: { 'tessera.json': { defaults: { width: 500 } } },
    says: /500×512; both must be multiples of 64/,
  },
  {
    folder: 'broken JSON',
    changes: { 'unet/config.json': '{' },
    says: /unet\/config\.json is not JSON/,
  },
];

for (const { folder: name, changes, graphs, says } of REFUSALS) {
  test(`refused: ${name}`, () => {
    using folder = temporaryFolder();
    writeOptimumSd(folder.path, changes);
    for (const [path, border] of Object.entries(graphs ?? {})) writeOnnxFile(join(folder.path, path), border);
    assert.throws(
      () => inspectModel(folder.path),
      (error: Error & { code?: string }) => says.test(error.message) && error.code === 'failed_precondition',
    );
  });
}

test('an AutoencoderKL whose config names no scaling factor has the class default', () => {
  using folder = temporaryFolder();
  writeOptimumSd(folder.path, { 'vae_decoder/config.json': UNSCALED });
  assert.equal(inspectModel(folder.path).card.latentFormat.scalingFactor, 0.18215);
});

test('a method Tessera lacks over the same schedule runs as its nearest', () => {
  using folder = temporaryFolder();
  const changes = { 'scheduler/scheduler_config.json': { ...SD_SCHEDULER, _class_name: 'UniPCMultistepScheduler' } };
  writeOptimumSd(folder.path, changes);
  assert.equal(inspectModel(folder.path).card.defaults.scheduler, 'dpmpp-2m');
});

test('refused: SDXL exported without hidden states', () => {
  using folder = temporaryFolder();
  writeOptimumSdxl(folder.path);
  writeOnnxFile(join(folder.path, 'text_encoder/model.onnx'), {
    inputs: { input_ids: ['int64', ['batch_size', 'sequence_length']] },
    outputs: { last_hidden_state: ['float32', ['batch_size', 'sequence_length', 768]] },
  });
  assert.throws(() => inspectModel(folder.path), /text_encoder\/model\.onnx gives no hidden_states\.N/);
});

test('refused: the SDXL refiner', () => {
  using folder = temporaryFolder();
  writeOptimumSdxl(folder.path);
  const added = { text_embeds: ['float32', ['b', 1280]], time_ids: ['float32', ['b', 5]] } as const;
  writeOnnxFile(join(folder.path, 'unet/model.onnx'), optimumUnet(added, 2048));
  assert.throws(() => inspectModel(folder.path), /takes 5 time_ids; 6 are served/);
});

const HOSTILE_LOCATIONS = [
  '../weights.pb',
  'a/../../weights.pb',
  '/etc/passwd',
  'C:\\weights.pb',
  '..\\weights.pb',
  'C:weights.pb',
  './weights.pb',
  'a//weights.pb',
  '',
  'weights.pb\u0000.txt',
];

for (const location of HOSTILE_LOCATIONS) {
  test(`refused: weights at ${JSON.stringify(location)}`, () => {
    using folder = temporaryFolder();
    writeLegacySd(folder.path);
    writeFileSync(join(folder.path, 'weights.pb'), 'outside the graph’s own folder');
    writeOnnxFile(join(folder.path, 'unet/model.onnx'), {
      ...optimumUnet({}, 768),
      initializers: [{ name: 'w', external: { location } }],
    });
    assert.throws(
      () => inspectModel(folder.path),
      (error: Error & { code?: string }) =>
        error.message.includes(`unet/model.onnx places weights at ${JSON.stringify(location)}`) &&
        error.code === 'failed_precondition',
    );
  });
}

test('refused: weights that are missing or cut short', () => {
  using folder = temporaryFolder();
  writeLegacySd(folder.path);
  truncateSync(join(folder.path, 'unet/weights.pb'), 127);
  assert.throws(
    () => inspectModel(folder.path),
    /unet\/weights\.pb has 127 bytes, and unet\/model\.onnx expects at least 128/,
  );
  writeLegacySd(folder.path, { 'unet/weights.pb': null });
  assert.throws(() => inspectModel(folder.path), /unet\/weights\.pb is missing/);
});
