import { lstat, readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { manifestMismatch } from '../model-defect.js';
import { assertUnlinked } from './hash-file.js';
import { MANIFEST_FILE, type Manifest } from './manifest.js';

/**
 * Holds a folder's listing against its manifest: nothing missing, nothing
 * more, no link, sizes equal. Contents are not read.
 * @throws TesseraError `failed_precondition` naming the first file at fault.
 */
export async function checkListing(folder: string, manifest: Manifest): Promise<void> {
  const expected = new Map([...manifest.files, ...manifest.documents].map((entry) => [entry.path, entry]));
  const folders = new Set([...expected.keys()].flatMap(parentsOf));
  const found = new Set<string>();
  for await (const path of entriesBelow(folder, folders)) {
    const stats = await lstat(join(folder, path));
    if (path === MANIFEST_FILE) {
      assertUnlinked(path, stats, manifest.hardLinks);
      continue;
    }
    const entry = expected.get(path);
    if (entry === undefined) throw manifestMismatch(path, 'is not in the manifest; a stored model holds nothing else');
    assertUnlinked(path, stats, manifest.hardLinks);
    if (stats.size !== entry.size) {
      throw manifestMismatch(path, `has ${stats.size} bytes; the manifest says ${entry.size}`);
    }
    found.add(path);
  }
  const missing = [...expected.keys()].find((path) => !found.has(path));
  if (missing !== undefined) throw manifestMismatch(missing, 'is missing');
}

/** Every path below the root, where only the `folders` are descended into. */
async function* entriesBelow(root: string, folders: ReadonlySet<string>, prefix = ''): AsyncGenerator<string> {
  const entries = await readdir(join(root, prefix), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = posix.join(prefix, entry.name);
    if (entry.isDirectory() && folders.has(path)) yield* entriesBelow(root, folders, path);
    else yield path;
  }
}

function parentsOf(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === '.' ? [] : [parent, ...parentsOf(parent)];
}
