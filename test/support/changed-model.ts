import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManifest, inspectModel, writeManifest } from '@tessera/models';
import { repoRoot } from './paths.js';

export interface ModelFolder extends AsyncDisposable {
  readonly folder: string;
}

/** The built-in model under another name and with other files, and a manifest of them. */
export async function changedModel(name: string, change: (folder: string) => void): Promise<ModelFolder> {
  const parent = await mkdtemp(join(tmpdir(), `tessera-${name}-`));
  const folder = join(parent, name);
  cpSync(join(repoRoot, 'models/emoji'), folder, { recursive: true });
  change(folder);
  await writeManifest(folder, await createManifest(folder, inspectModel(folder), { hardLinks: 'refused' }));
  return { folder, [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) };
}
