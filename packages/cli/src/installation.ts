import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The installation's root: four folders above this file in packages/cli/dist. */
const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The model that is served when none is named. */
export const DEFAULT_MODEL = 'emoji';

export const PROCESS_SCRIPTS = {
  'text-encoder': join(root, 'services/text-encoder/dist/main.js'),
  denoiser: join(root, 'services/denoiser/dist/main.js'),
  'denoiser-part': join(root, 'services/denoiser/dist/part-main.js'),
  decoder: join(root, 'services/decoder/dist/main.js'),
  gateway: join(root, 'gateway/dist/main.js'),
  nats: join(root, 'packages/cli/dist/nats/main.js'),
} as const;

export type ProcessKind = keyof typeof PROCESS_SCRIPTS;

export function tesseraVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
