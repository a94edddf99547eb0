import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'rows-';
/** Left by a process that was killed: no decode takes so long. */
const STALE_MS = 24 * 3_600_000;

/** A folder for the rows of one decode. What killed processes left long ago goes on the way. */
export async function makeRowFolder(cache: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  const left = (await readdir(cache)).filter((name) => name.startsWith(PREFIX)).map((name) => join(cache, name));
  for (const path of left) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > STALE_MS) await removeRowFolder(path);
  }
  return mkdtemp(join(cache, PREFIX));
}

export function removeRowFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
