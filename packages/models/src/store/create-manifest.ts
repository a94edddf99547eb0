import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InspectedModel } from '../card/inspect-model.js';
import { checkListing } from './check-listing.js';
import { documentsOf } from './documents.js';
import { hashFiles } from './hash-file.js';
import { MANIFEST_FILE, type Manifest, manifestIdentity, manifestText } from './manifest.js';

export interface CreateManifestOptions {
  readonly hardLinks: Manifest['hardLinks'];
  readonly signal?: AbortSignal;
}

/** Hashes everything that belongs to an inspected model. */
export async function createManifest(
  folder: string,
  inspected: InspectedModel,
  options: CreateManifestOptions,
): Promise<Manifest> {
  const files = await hashFiles(folder, inspected.files, options.signal);
  const documents = await hashFiles(folder, documentsOf(folder), options.signal);
  return { sha256: manifestIdentity(files), hardLinks: options.hardLinks, files, documents };
}

/**
 * Writes a manifest into its folder.
 * @throws TesseraError `failed_precondition` naming a file that is not the model's, or a link.
 */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await checkListing(folder, manifest);
  await writeFile(join(folder, MANIFEST_FILE), manifestText(manifest));
}
