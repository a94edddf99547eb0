import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TesseraError } from '@tessera/core';
import { isModelName } from './model-name.js';
import { readManifest } from './open-model.js';
import { storeFolder } from './store-folder.js';

/** One folder of a collection of models, as its manifest describes it; nothing is verified. */
export type ListedModel =
  | {
      readonly state: 'listed';
      readonly name: string;
      readonly folder: string;
      readonly sha256: string;
      readonly bytes: number;
    }
  | { readonly state: 'unusable'; readonly name: string; readonly folder: string; readonly problem: string };

/** The models stored in a TESSERA_HOME, by name. */
export async function listModels(home: string): Promise<readonly ListedModel[]> {
  return listModelsIn(storeFolder(home));
}

/** The models in any folder of model folders, such as the one the built-in model is in. */
export async function listModelsIn(folder: string): Promise<readonly ListedModel[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory() && isModelName(entry.name)).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => listedModel(name, join(folder, name))));
}

async function listedModel(name: string, folder: string): Promise<ListedModel> {
  try {
    const { sha256, files, documents } = await readManifest(folder);
    const bytes = [...files, ...documents].reduce((sum, entry) => sum + entry.size, 0);
    return { state: 'listed', name, folder, sha256, bytes };
  } catch (error) {
    return { state: 'unusable', name, folder, problem: TesseraError.from(error).message };
  }
}
