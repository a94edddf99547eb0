import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a TESSERA_HOME keeps its models. */
export function storeFolder(home: string): string {
  return join(home, 'models');
}

const UNFINISHED = '.unfinished-';
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/** A fresh path in the store that no name can be: for what is being added or removed. */
export function unfinishedFolder(home: string): string {
  return join(storeFolder(home), `${UNFINISHED}${randomUUID()}`);
}

/** Clears what a killed process left; a day old, because another process may be adding right now. */
export async function removeStale(home: string): Promise<void> {
  for (const name of await readdir(storeFolder(home))) {
    if (!name.startsWith(UNFINISHED)) continue;
    const folder = join(storeFolder(home), name);
    const found = await stat(folder).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > STALE_AFTER_MS)
      await rm(folder, { recursive: true, force: true });
  }
}
