import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ModelCard } from '@tessera/core';
import { inspectModel } from '../card/inspect-model.js';
import { hashFiles } from './hash-file.js';
import { MANIFEST_FILE, manifestIdentity } from './manifest.js';
import { readManifest } from './open-model.js';

export interface ReadModelCardOptions {
  /** What the card calls the model; the folder's name when left out. */
  readonly name?: string;
}

/**
 * The card of a diffusers ONNX folder, without judging its manifest. The
 * identity is the manifest's where there is one; otherwise the model's files
 * are hashed, and the identity is the one that adding them to a store would give.
 * Symbolic links are not followed when hashing: a Hugging Face snapshot is added first.
 * @throws TesseraError `failed_precondition` naming the file at fault.
 */
export async function readModelCard(folder: string, options: ReadModelCardOptions = {}): Promise<ModelCard> {
  const inspected = inspectModel(folder);
  const sha256 = existsSync(join(folder, MANIFEST_FILE))
    ? (await readManifest(folder)).sha256
    : manifestIdentity(await hashFiles(folder, inspected.files));
  return { name: options.name ?? basename(resolve(folder)), sha256, ...inspected.card };
}
