import type { Manifest, ManifestEntry } from './manifest.js';

export type ModelStage = 'text-encoder' | 'denoiser' | 'decoder';

const STAGE_FOLDERS: Readonly<Record<ModelStage, RegExp>> = {
  'text-encoder': /^(text_encoder|tokenizer)(_\d+)?\//,
  denoiser: /^unet\//,
  decoder: /^vae(_decoder|_encoder)?\//,
};

/**
 * What a worker of one stage loads: its own folders, and every JSON file of
 * the model, because the model card is read from all of them.
 */
export function stageFiles(manifest: Manifest, stage: ModelStage): readonly ManifestEntry[] {
  return manifest.files.filter(({ path }) => STAGE_FOLDERS[stage].test(path) || path.endsWith('.json'));
}
