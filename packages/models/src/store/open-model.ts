import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type ModelCard, TesseraError } from '@tessera/core';
import { inspectModel } from '../card/inspect-model.js';
import { manifestMismatch } from '../model-defect.js';
import { checkListing } from './check-listing.js';
import { assertUnchanged } from './hash-file.js';
import { MANIFEST_FILE, type Manifest, type ManifestEntry, manifestFromText } from './manifest.js';
import { cardFiles, type ModelStage, stageFiles } from './stage-files.js';

export interface OpenModelOptions {
  /**
   * Which files to hash: all, those one stage loads, those that the card is read from, or these paths. The listing is
   * always checked whole.
   */
  readonly verify: 'all' | 'card' | ModelStage | readonly string[];
  /** What the card calls the model; the folder's name when left out. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

export interface OpenedModel {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly card: ModelCard;
}

/**
 * Opens a model that has a manifest: a stored one or the built-in one.
 * @throws TesseraError `failed_precondition` naming the file that is changed,
 * missing, linked or one too many; `not_found` when there is no such folder.
 */
export async function openModel(folder: string, options: OpenModelOptions): Promise<OpenedModel> {
  const manifest = await readManifest(folder);
  await checkListing(folder, manifest);
  for (const entry of filesToHash(manifest, options.verify)) await assertUnchanged(folder, entry, options.signal);
  const inspected = inspectModel(folder);
  assertListed(inspected.files, manifest);
  const name = options.name ?? basename(resolve(folder));
  return { folder: resolve(folder), manifest, card: { name, sha256: manifest.sha256, ...inspected.card } };
}

/** Opens a model and hashes every file of it. */
export async function verifyModel(
  folder: string,
  options: Omit<OpenModelOptions, 'verify'> = {},
): Promise<OpenedModel> {
  return openModel(folder, { ...options, verify: 'all' });
}

/**
 * Holds the files of one stage of an opened model to their hashes.
 * @throws TesseraError `failed_precondition` naming the file that is changed.
 */
export async function verifyStage(opened: OpenedModel, stage: ModelStage, signal?: AbortSignal): Promise<void> {
  for (const entry of stageFiles(opened.manifest, stage)) await assertUnchanged(opened.folder, entry, signal);
}

export async function readManifest(folder: string): Promise<Manifest> {
  return manifestFromText(await readFile(join(folder, MANIFEST_FILE), 'utf8').catch(refuseMissing));

  function refuseMissing(error: NodeJS.ErrnoException): never {
    throw new TesseraError(
      'failed_precondition',
      `${folder} has no readable ${MANIFEST_FILE} (${error.code}); \`tessera models add\` makes a stored model of a diffusers ONNX folder`,
      { reason: 'MODEL_UNUSABLE', cause: error },
    );
  }
}

function filesToHash(manifest: Manifest, verify: OpenModelOptions['verify']): readonly ManifestEntry[] {
  const all = [...manifest.files, ...manifest.documents];
  if (verify === 'all') return all;
  if (verify === 'card') return cardFiles(manifest);
  if (typeof verify === 'string') return stageFiles(manifest, verify);
  return verify.map((path) => {
    const entry = all.find((entry) => entry.path === path);
    if (entry === undefined) throw manifestMismatch(path, 'is not in the manifest');
    return entry;
  });
}

/** The graphs name files of weights themselves: each of them must have been held to a hash. */
function assertListed(files: readonly string[], manifest: Manifest): void {
  const listed = new Set(manifest.files.map((entry) => entry.path));
  const unlisted = files.find((path) => !listed.has(path));
  if (unlisted !== undefined) throw manifestMismatch(unlisted, 'is used by the model and is not in its manifest');
}
