import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TesseraError } from '@tessera/core';
import { assertModelName } from './model-name.js';
import { storeFolder, unfinishedFolder } from './store-folder.js';

/** @throws TesseraError `not_found` when the store of `home` has no such model. */
export async function removeModel(home: string, name: string): Promise<void> {
  assertModelName(name);
  const aside = unfinishedFolder(home);
  try {
    await rename(join(storeFolder(home), name), aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new TesseraError('not_found', `there is no stored model ${name}`, { cause: error });
  }
  await rm(aside, { recursive: true, force: true });
}
