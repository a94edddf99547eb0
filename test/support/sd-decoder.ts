import { join } from 'node:path';
import { ImageSketch } from '../unit/onnx/graph/image-sketch.js';
import { writeModelFile } from '../unit/onnx/graph/model-file.js';
import { changedModel, type ModelFolder } from './changed-model.js';

/** Stable Diffusion's, by eight times less: one resnet of each level, attention in the middle, 32 groups. */
const CHANNELS = [64, 64, 32, 32] as const;

/** The built-in model with a decoder of Stable Diffusion's shape and small seeded weights. */
export function sdDecoderModel(): Promise<ModelFolder> {
  const sketch = new ImageSketch({ norm: 'instance', upsample: 'sizes', groups: 32 }, 4);
  let x = sketch.conv(sketch.conv('latent', 4, 1), CHANNELS[0]);
  x = sketch.resnet(sketch.attention(sketch.resnet(x, CHANNELS[0])), CHANNELS[0]);
  for (const [level, channels] of CHANNELS.entries()) {
    x = sketch.resnet(x, channels);
    if (level < CHANNELS.length - 1) x = sketch.upsample(x);
  }
  const image = sketch.conv(sketch.silu(sketch.groupNorm(x)), 3);
  return changedModel('sd-decoder', (folder) =>
    writeModelFile(join(folder, 'vae_decoder/model.onnx'), sketch.model(image)),
  );
}
