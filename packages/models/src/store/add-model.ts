import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type ModelCard, TesseraError } from '@tessera/core';
import { inspectModel } from '../card/inspect-model.js';
import { createManifest, writeManifest } from './create-manifest.js';
import { documentsOf } from './documents.js';
import { ignoredFiles } from './ignored-files.js';
import { MANIFEST_FILE, type Manifest } from './manifest.js';
import { assertModelName } from './model-name.js';
import { removeStale, storeFolder, unfinishedFolder } from './store-folder.js';

export interface AddModelOptions {
  /** TESSERA_HOME. */
  readonly home: string;
  /** The source folder's name when left out. */
  readonly name?: string;
  /** Takes the place of a model of the same name. */
  readonly replace?: boolean;
  readonly signal?: AbortSignal;
}

export interface AddedModel {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly card: ModelCard;
  readonly manifest: Manifest;
  /** What the source held and the model does not need. */
  readonly ignored: readonly string[];
}

/**
 * Copies a diffusers ONNX folder into the store: what its card is read from
 * and its networks load, links resolved, with a manifest. The model appears
 * under its name whole or not at all.
 * @throws TesseraError `not_found`, `already_exists`, `invalid_argument` for the name, or
 * `failed_precondition` naming the file that keeps the folder from being a model.
 */
export async function addModel(sourceDir: string, options: AddModelOptions): Promise<AddedModel> {
  const source = resolve(sourceDir);
  await assertFolder(source);
  const name = options.name ?? basename(source);
  assertModelName(name);
  const folder = join(storeFolder(options.home), name);
  if (options.replace !== true) await assertAbsent(folder, name);

  const paths = [...inspectModel(source).files, ...documentsOf(source)];
  await mkdir(storeFolder(options.home), { recursive: true });
  await removeStale(options.home);
  const staging = unfinishedFolder(options.home);
  try {
    await copyFiles(source, staging, paths, options.signal);
    const inspected = inspectModel(staging);
    const manifest = await createManifest(staging, inspected, { hardLinks: 'refused', signal: options.signal });
    await writeManifest(staging, manifest);
    await moveIntoPlace(staging, folder, name, options);
    const card = { name, sha256: manifest.sha256, ...inspected.card };
    return { name, folder, card, manifest, ignored: ignoredFiles(source, [...paths, MANIFEST_FILE]) };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function assertFolder(source: string): Promise<void> {
  const found = await stat(source).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new TesseraError('not_found', `${source} is not a folder`);
}

async function assertAbsent(folder: string, name: string): Promise<void> {
  if ((await stat(folder).catch(() => undefined)) !== undefined) throw alreadyExists(name);
}

function alreadyExists(name: string, cause?: unknown): TesseraError {
  return new TesseraError('already_exists', `there is a model ${name} already`, { cause });
}

async function copyFiles(
  source: string,
  target: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (const path of paths) {
    signal?.throwIfAborted();
    const copy = join(target, path);
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(join(source, path), copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await chmod(copy, 0o444);
  }
}

async function moveIntoPlace(staging: string, folder: string, name: string, options: AddModelOptions): Promise<void> {
  if (options.replace === true) await setAside(folder, options.home);
  await rename(staging, folder).catch((error) => {
    throw error.code === 'ENOTEMPTY' || error.code === 'EEXIST' ? alreadyExists(name, error) : error;
  });
}

/** A rename out of the way first: readers see the old model, none, or the new one, never a half. */
async function setAside(folder: string, home: string): Promise<void> {
  const aside = unfinishedFolder(home);
  try {
    await rename(folder, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}
