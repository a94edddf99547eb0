import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CutDenoiser, foundPart, writePart } from './cut-denoiser.js';
import { TURN_TIMES, type TurnTimes, takeTurn } from './turn-file.js';

export interface OpenPartSetup {
  /** Folder of this machine's caches. */
  readonly cache: string;
  /** Holds the model's files to their hashes. */
  readonly verify: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly times?: TurnTimes;
}

/**
 * The file of one part of a denoiser. One that was cut before is held to its
 * own hashes, and the model is not read: of its bytes these are all that run.
 * Otherwise the model is verified first, by one of the processes that start
 * beside each other, which writes the parts that the others have asked for.
 *
 * @throws what `verify` throws; the signal's reason.
 */
export async function openPart(cut: CutDenoiser, part: number, setup: OpenPartSetup): Promise<string> {
  const { cache, verify, signal, times = TURN_TIMES } = setup;
  const folder = join(cache, 'cut');
  const asked = new AskedParts(folder, cut);
  for (;;) {
    const found = await foundPart(cut, part, cache);
    if (found !== undefined) return found;
    await mkdir(folder, { recursive: true });
    await asked.add(part);
    await using turn = await takeTurn(join(folder, `${fileName(cut)}.turn`), signal, times);
    if (turn === undefined) continue;
    await verify();
    const paths = new Map<number, string>();
    for (let parts = await asked.list(); parts.length > 0; parts = await asked.list()) {
      for (const one of parts) {
        signal.throwIfAborted();
        paths.set(one, await writePart(cut, one, cache));
        await asked.remove(one);
      }
    }
    const own = paths.get(part);
    if (own !== undefined) return own;
  }
}

/** What the processes of a machine want to be cut from one model, as files that are empty. */
class AskedParts {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #count: number;

  constructor(folder: string, cut: CutDenoiser) {
    this.#folder = folder;
    this.#prefix = `${fileName(cut)}.asked-`;
    this.#count = cut.parts.length;
  }

  async add(part: number): Promise<void> {
    await writeFile(this.#path(part), '');
  }

  async list(): Promise<readonly number[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith(this.#prefix));
    return names.map((name) => Number(name.slice(this.#prefix.length))).filter((part) => part < this.#count);
  }

  async remove(part: number): Promise<void> {
    await rm(this.#path(part), { force: true });
  }

  #path(part: number): string {
    return join(this.#folder, `${this.#prefix}${part}`);
  }
}

function fileName({ id }: CutDenoiser): string {
  return id.slice(0, 32);
}
