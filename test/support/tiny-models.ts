import { copyFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { goldensFolder, readGolden } from './goldens.js';
import { repoRoot } from './paths.js';

const FOLDERS = join(repoRoot, 'test/fixtures/models');
const VOCABULARY = join(goldensFolder, 'clip-tokenizer');
/** Models of which test/fixtures holds only what differs from another. */
const BASES: Readonly<Record<string, string>> = { 'lcm-tiny': 'sd-tiny' };

/** A whole generation by diffusers' own pipeline. */
export interface TinyCase {
  readonly case: string;
  readonly prompt: string;
  /** Null: not given. */
  readonly negative_prompt: string | null;
  readonly seed: string;
  readonly steps: number;
  readonly guidance_scale: number;
  readonly guidance_rescale: number;
  readonly scheduler: string;
  readonly eta: number;
  readonly width: number;
  readonly height: number;
  readonly timesteps: readonly number[];
  readonly initial_latent_sha256: string;
  /** [1, channels, height, width]. */
  readonly latent_shape: readonly number[];
  readonly latent_sum: number;
}

/** The final latent and the image beside it are `<folder>/<case>-latent.f32` and `<folder>/<case>.png`. */
export function tinyGoldens(name: string): { readonly folder: string; readonly cases: readonly TinyCase[] } {
  const { cases } = readGolden<{ cases: readonly TinyCase[] }>(`tiny/${name}/cases.json`);
  return { folder: join(goldensFolder, 'tiny', name), cases };
}

/**
 * Copies the model folder `name` of test/fixtures/models into `parent` and adds
 * the CLIP vocabulary that its tokenizers share.
 * @returns the complete folder.
 */
export function assembleTinyModel(name: string, parent: string): string {
  const folder = join(parent, name);
  const base = BASES[name];
  for (const part of base === undefined ? [name] : [base, name]) {
    cpSync(join(FOLDERS, part), folder, { recursive: true });
  }
  for (const tokenizer of readdirSync(folder).filter((entry) => entry.startsWith('tokenizer'))) {
    for (const file of ['vocab.json', 'merges.txt']) {
      copyFileSync(join(VOCABULARY, file), join(folder, tokenizer, file));
    }
  }
  return folder;
}
