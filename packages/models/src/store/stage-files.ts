import type { Manifest, ManifestEntry } from './manifest.js';

export type ModelStage = 'text-encoder' | 'denoiser' | 'decoder';

const STAGE_FOLDERS: Readonly<Record<ModelStage, RegExp>> = {
  'text-encoder': /^(text_encoder|tokenizer)(_\d+)?\//,
  denoiser: /^unet\//,
  decoder: /^vae(_decoder|_encoder)?\//,
};

/** What a worker of one stage loads: its own folders, and what the model card is read from. */
export function stageFiles(manifest: Manifest, stage: ModelStage): readonly ManifestEntry[] {
  return manifest.files.filter((entry) => STAGE_FOLDERS[stage].test(entry.path) || isOfCard(entry));
}

/** What the model card is read from, but for the graphs' headers. */
export function cardFiles(manifest: Manifest): readonly ManifestEntry[] {
  return manifest.files.filter(isOfCard);
}

function isOfCard({ path }: ManifestEntry): boolean {
  return path.endsWith('.json');
}
