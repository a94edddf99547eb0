import { join } from 'node:path';
import { ImageSketch } from '../unit/onnx/graph/image-sketch.js';
import { type SketchType, writeModelFile } from '../unit/onnx/graph/model-file.js';
import { changedModel, type ModelFolder } from './changed-model.js';

/** The operator at fault of either model. */
export const BRANCHING = 'the branched (If)';
export const UNKNOWN_NORM = /the t\d+ \(InstanceNormalization\)/;

const LATENT: SketchType = ['float32', ['batch', 4, 16, 16]];

/** A denoiser that chooses by the timestep what it multiplies the latent by. */
export function branchingDenoiser(): Promise<ModelFolder> {
  const times = (factor: string) => ({
    operators: [{ type: 'Mul', inputs: ['sample', factor], outputs: [`by_${factor}`] }],
    outputs: { [`by_${factor}`]: LATENT },
  });
  return changedModel('branching', (folder) =>
    writeModelFile(join(folder, 'unet/model.onnx'), {
      opset: 17,
      inputs: {
        sample: LATENT,
        timestep: ['float32', ['batch']],
        encoder_hidden_states: ['float32', ['batch', 32, 384]],
      },
      outputs: { out_sample: LATENT },
      operators: [
        { type: 'ReduceMax', inputs: ['timestep'], outputs: ['latest'], attributes: { keepdims: 0 } },
        { type: 'Greater', inputs: ['latest', 'half_way'], outputs: ['early'] },
        {
          type: 'If',
          inputs: ['early'],
          outputs: ['branched'],
          attributes: { then_branch: times('much'), else_branch: times('little') },
        },
        { type: 'Identity', inputs: ['branched'], outputs: ['out_sample'] },
      ],
      constants: {
        half_way: { shape: [], data: Float32Array.of(500) },
        much: { shape: [], data: Float32Array.of(0.9) },
        little: { shape: [], data: Float32Array.of(0.1) },
      },
    }),
  );
}

/** A decoder whose normalisation computes its scale, which no exporter's does. */
export function strangeNormDecoder(): Promise<ModelFolder> {
  const sketch = new ImageSketch({ norm: 'instance', upsample: 'scales', groups: 4 }, 4);
  const x = sketch.conv('latent', 4);
  const scale = sketch.op('ReduceMean', ['latent'], 0, { attributes: { axes: [0, 2, 3], keepdims: 0 } });
  let image = sketch.op('InstanceNormalization', [x, scale, scale], 4);
  for (let level = 0; level < 3; level += 1) image = sketch.upsample(image);
  return changedModel('strange-norm', (folder) =>
    writeModelFile(join(folder, 'vae_decoder/model.onnx'), sketch.model(sketch.conv(image, 3))),
  );
}
