import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestMismatch } from '../model-defect.js';
import type { ManifestEntry } from './manifest.js';

const READ_BYTES = 1024 * 1024;

/** Windows has no such flag; there the folder listing has refused links already. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/**
 * Hashes one file of a model through one descriptor, without following a link.
 * @param path inside `folder`, with `/`.
 * @throws TesseraError `failed_precondition` when it is gone or is a link.
 */
export async function hashFile(folder: string, path: string, signal?: AbortSignal): Promise<ManifestEntry> {
  const file = await open(join(folder, path), constants.O_RDONLY | NO_FOLLOW).catch((error) => {
    throw manifestMismatch(path, `cannot be opened (${error.code})`, error);
  });
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    let size = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      size += bytesRead;
    }
    return { path, size, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

export async function hashFiles(
  folder: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<readonly ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  for (const path of [...paths].sort()) entries.push(await hashFile(folder, path, signal));
  return entries;
}

/** @throws TesseraError `failed_precondition` when the file's bytes are not the manifest's. */
export async function assertUnchanged(folder: string, entry: ManifestEntry, signal?: AbortSignal): Promise<void> {
  const found = await hashFile(folder, entry.path, signal);
  if (found.size !== entry.size || found.sha256 !== entry.sha256) {
    throw manifestMismatch(entry.path, `has changed: its sha256 is ${found.sha256}, the manifest says ${entry.sha256}`);
  }
}

/** What can be told without reading. */
export function assertUnlinked(path: string, found: Stats, hardLinks: 'refused' | 'allowed'): void {
  if (found.isSymbolicLink()) throw manifestMismatch(path, 'is a symbolic link');
  if (!found.isFile()) throw manifestMismatch(path, 'is not a file');
  if (hardLinks === 'refused' && found.nlink > 1) throw manifestMismatch(path, `is a hard link (${found.nlink} names)`);
}
