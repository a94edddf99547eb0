import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManifest, inspectModel, writeManifest } from '@tessera/models';
import { ImageSketch } from '../unit/onnx/graph/image-sketch.js';
import { writeModelFile } from '../unit/onnx/graph/model-file.js';
import { repoRoot } from './paths.js';

export interface ModelFolder extends AsyncDisposable {
  readonly folder: string;
}

/** Stable Diffusion's, by eight times less: one resnet of each level, attention in the middle, 32 groups. */
const CHANNELS = [64, 64, 32, 32] as const;

/** The built-in model with a decoder of Stable Diffusion's shape and small seeded weights. */
export async function sdDecoderModel(): Promise<ModelFolder> {
  const parent = await mkdtemp(join(tmpdir(), 'tessera-sd-decoder-'));
  const folder = join(parent, 'sd-decoder');
  cpSync(join(repoRoot, 'models/emoji'), folder, { recursive: true });
  const sketch = new ImageSketch({ norm: 'instance', upsample: 'sizes', groups: 32 }, 4);
  let x = sketch.conv(sketch.conv('latent', 4, 1), CHANNELS[0]);
  x = sketch.resnet(sketch.attention(sketch.resnet(x, CHANNELS[0])), CHANNELS[0]);
  for (const [level, channels] of CHANNELS.entries()) {
    x = sketch.resnet(x, channels);
    if (level < CHANNELS.length - 1) x = sketch.upsample(x);
  }
  const image = sketch.conv(sketch.silu(sketch.groupNorm(x)), 3);
  writeModelFile(join(folder, 'vae_decoder/model.onnx'), sketch.model(image));
  await writeManifest(folder, await createManifest(folder, inspectModel(folder), { hardLinks: 'refused' }));
  return { folder, [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) };
}
