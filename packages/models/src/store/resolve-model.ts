import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { TesseraError } from '@tessera/core';
import { listModelsIn } from './list-models.js';
import { isModelName } from './model-name.js';
import { storeFolder } from './store-folder.js';

export interface ResolveModelOptions {
  /** TESSERA_HOME. */
  readonly home: string;
  /** The folder that holds the built-in models' folders. */
  readonly builtinDir: string;
}

export interface ResolvedModel {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly origin: 'store' | 'built-in' | 'path';
}

/**
 * A name is looked for in the store, then among the built-in models; anything
 * with a path separator is a folder.
 * @throws TesseraError `not_found`, telling which models there are.
 */
export async function resolveModel(nameOrPath: string, options: ResolveModelOptions): Promise<ResolvedModel> {
  if (!isModelName(nameOrPath)) {
    const folder = resolve(nameOrPath);
    if (await isFolder(folder)) return { name: basename(folder), folder, origin: 'path' };
    throw new TesseraError('not_found', `there is no model folder ${folder}`, { field: 'model' });
  }
  const places = [
    { origin: 'store', parent: storeFolder(options.home) },
    { origin: 'built-in', parent: options.builtinDir },
  ] as const;
  for (const { origin, parent } of places) {
    const folder = resolve(parent, nameOrPath);
    if (await isFolder(folder)) return { name: nameOrPath, folder, origin };
  }
  const known = await Promise.all(places.map(({ parent }) => listModelsIn(parent)));
  const names = [...new Set(known.flat().map((model) => model.name))].sort();
  throw new TesseraError('not_found', `there is no model ${nameOrPath}; there are: ${names.join(', ') || 'none'}`, {
    field: 'model',
  });
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
