import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join, parse } from 'node:path';
import { type ImageFormat, TesseraError } from '@tessera/core';

const EXTENSIONS: Readonly<Record<ImageFormat, string>> = { png: '.png', jpeg: '.jpg', webp: '.webp' };

const FORMAT_OF_EXTENSION: Readonly<Record<string, ImageFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
};

/** The format that a file's name asks for. */
export function formatOfFile(path: string): ImageFormat | undefined {
  return FORMAT_OF_EXTENSION[extname(path).toLowerCase()];
}

export interface ImageFileOptions {
  /** A file, a folder, or `-` for stdout; default: `tessera-<seed>.png` in the current folder. */
  readonly output?: string | undefined;
  readonly force: boolean;
  readonly format: ImageFormat;
}

export const STDOUT = '-';

/** Where the images of one generation go. Nothing is overwritten unless `force` says so. */
export class ImageFiles {
  readonly #output: string | undefined;
  readonly #force: boolean;
  readonly #format: ImageFormat;

  constructor({ output, force, format }: ImageFileOptions) {
    this.#output = output;
    this.#force = force;
    this.#format = format;
  }

  get toStdout(): boolean {
    return this.#output === STDOUT;
  }

  /**
   * The files of the images, in order.
   *
   * @param seed of the first image.
   */
  async paths(seed: bigint, count: number): Promise<readonly string[]> {
    const output = this.#output;
    const named = await this.#isNamed();
    return Array.from({ length: count }, (_, index) => {
      if (named && output !== undefined) return count === 1 ? output : numbered(output, index);
      return join(output ?? '', `tessera-${seed + BigInt(index)}${EXTENSIONS[this.#format]}`);
    });
  }

  /**
   * Whether the files can be written, asked before any work is done.
   *
   * @param seed of the first image; undefined when it is not drawn yet: then only what does not depend on it is asked.
   * @throws TesseraError `already_exists`, or `invalid_argument` for a folder that is missing or closed to us.
   */
  async assertWritableBefore(seed: bigint | undefined, count: number): Promise<void> {
    if (seed !== undefined || (await this.#isNamed())) return this.assertWritable(await this.paths(seed ?? 0n, count));
    await assertOpenFolder(this.#output ?? '.');
  }

  /** @throws TesseraError as {@link assertWritableBefore}. */
  async assertWritable(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      if (!this.#force && (await exists(path))) throw fileExists(path);
      await assertOpenFolder(dirname(path));
    }
  }

  /** Whether the output names a file, as opposed to a folder or nothing. */
  async #isNamed(): Promise<boolean> {
    return this.#output !== undefined && !(await isFolder(this.#output));
  }

  /** A file that is there already and holds the same bytes is as good as written. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    try {
      await writeFile(path, bytes, { flag: this.#force ? 'w' : 'wx' });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
      if (!(await readFile(path)).equals(bytes)) throw fileExists(path);
    }
  }

  /** Puts a finished file into its place; see `write`. */
  async publish(from: string, path: string): Promise<void> {
    if (!this.#force && (await exists(path))) {
      if ((await sha256OfFile(path)) !== (await sha256OfFile(from))) throw fileExists(path);
      await rm(from);
      return;
    }
    await rename(from, path);
  }
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part);
  return hash.digest('hex');
}

function fileExists(path: string): TesseraError {
  return new TesseraError('already_exists', `${path} exists; --force overwrites it`, { field: 'output' });
}

/** `apple.png` → `apple-2.png`. */
function numbered(path: string, index: number): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}-${index}${ext}`);
}

async function assertOpenFolder(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch((cause) => {
    const message = `cannot write to the folder ${folder}: ${cause.message}`;
    throw new TesseraError('invalid_argument', message, { field: 'output', cause });
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return path.endsWith('/') || (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** `previews/preview-0-0007.png`: image 0 after step 7. */
export async function writePreview(
  folder: string,
  { imageIndex, stepIndex, format }: { imageIndex: number; stepIndex: number; format: ImageFormat },
  bytes: Uint8Array,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `preview-${imageIndex}-${String(stepIndex).padStart(4, '0')}${EXTENSIONS[format]}`);
  await writeFile(path, bytes);
  return path;
}
