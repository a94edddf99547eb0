import type { JsonFile } from '../folder/json-file.js';
import { modelDefect } from '../model-defect.js';

/** The text-to-image pipelines whose folders Tessera reads. */
export type PipelineFamily = 'latent-diffusion' | 'stable-diffusion' | 'stable-diffusion-xl' | 'latent-consistency';

export interface PipelineClass {
  readonly family: PipelineFamily;
  /**
   * Exported by diffusers' own script for OnnxStableDiffusionPipeline, which
   * fixes in code what other pipelines read from configs.
   */
  readonly isLegacyOnnx: boolean;
}

const FAMILIES: Readonly<Record<string, PipelineFamily>> = {
  LDMTextToImage: 'latent-diffusion',
  StableDiffusion: 'stable-diffusion',
  StableDiffusionXL: 'stable-diffusion-xl',
  LatentConsistencyModel: 'latent-consistency',
};

/**
 * Judges `_class_name` of model_index.json. The prefixes Onnx (diffusers' own
 * export) and ORT (Optimum), and the variants Img2Img and Inpaint, name the same networks.
 * @throws TesseraError `failed_precondition` for a pipeline that is not text to image by latent diffusion.
 */
export function readPipelineClass(modelIndex: JsonFile): PipelineClass {
  const name = modelIndex.text('_class_name');
  if (name === undefined) throw modelDefect(modelIndex.path, 'names no pipeline class (_class_name)');
  const [, prefix, stem] = /^(Onnx|ORT)?(.+?)(?:Img2Img|Inpaint)?Pipeline$/.exec(name) ?? [];
  const family = stem === undefined ? undefined : FAMILIES[stem];
  if (family === undefined) {
    const known = Object.keys(FAMILIES).map((known) => `${known}Pipeline`);
    throw modelIndex.refusal('_class_name', `${name}; Tessera serves ${known.join(', ')} and their Onnx and ORT forms`);
  }
  return { family, isLegacyOnnx: prefix === 'Onnx' };
}

/** The class of a component, [library, class] in model_index.json; `undefined` when it is absent or [null, null]. */
export function componentClass(modelIndex: JsonFile, component: string): string | undefined {
  const entry = modelIndex.values[component];
  const name = Array.isArray(entry) ? entry[1] : undefined;
  return typeof name === 'string' ? name : undefined;
}
