import type { ModelCard } from '@tessera/core';

/** A card of a small Stable-Diffusion-like model, 16×16 cells of 8 pixels, with what a test changes. */
export function modelCard(changes: Partial<ModelCard> = {}): ModelCard {
  return {
    name: 'small',
    sha256: 'ab'.repeat(32),
    latentFormat: {
      channels: 4,
      scalingFactor: 0.18215,
      shiftFactor: 0,
      spatialCompression: 8,
      preview: {
        factors: [
          [0.5, 0, 0],
          [0, 0.5, 0],
          [0, 0, 0.5],
          [0.25, 0.25, 0.25],
        ],
        bias: [0.1, 0, -0.1],
      },
    },
    nativeCanvas: { width: 16, height: 16 },
    latentMultiple: 4,
    defaults: { scheduler: 'ddim', steps: 10, guidanceScale: 4, width: 128, height: 128 },
    schedulerConfig: { betaStart: 0.00085, betaEnd: 0.012, betaSchedule: 'scaled_linear', clipSample: false },
    conditioning: { textEncoders: [], layout: 'last', zerosForAbsentNegative: false },
    denoiser: {
      inputs: [{ name: 'encoder_hidden_states', shape: [77, 8], type: 'float32' }],
      sampleInput: 'sample',
      timestepInput: 'timestep',
      timestepType: 'int64',
      timestepRank: 1,
      output: 'out_sample',
      float: 'float32',
    },
    decoder: { input: 'latent_sample', output: 'sample', float: 'float32' },
    files: {
      textEncoders: ['text_encoder/model.onnx'],
      denoiser: 'unet/model.onnx',
      decoder: 'vae_decoder/model.onnx',
    },
    ...changes,
  };
}
