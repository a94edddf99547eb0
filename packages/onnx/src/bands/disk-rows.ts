import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RowStore } from '../graph/bands/row-store.js';
import type { TypedTensor } from '../typed-tensor.js';

interface KeptFile {
  readonly path: string;
  readonly like: Pick<TypedTensor, 'dtype' | 'shape'>;
  readonly construct: (buffer: ArrayBuffer) => TypedTensor['data'];
}

/** Rows in files: an image whose tensors do not fit into memory is decoded at the pace of the disk. */
export class DiskRows implements RowStore {
  readonly #files = new Map<string, KeptFile>();
  readonly #folder: string;
  readonly #band: number;
  #written = 0;

  /** @param folder exists; whoever made it removes it. */
  constructor(folder: string, band: number) {
    this.#folder = folder;
    this.#band = band;
  }

  put(tensor: string, { data, dtype, shape }: TypedTensor): void {
    this.delete(tensor);
    this.#written += 1;
    const path = join(this.#folder, `${this.#band}-${this.#written}.rows`);
    writeFileSync(path, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), { flag: 'wx' });
    const Elements = data.constructor as new (buffer: ArrayBuffer) => TypedTensor['data'];
    this.#files.set(tensor, { path, like: { dtype, shape }, construct: (buffer) => new Elements(buffer) });
  }

  get(tensor: string): TypedTensor | undefined {
    const file = this.#files.get(tensor);
    if (file === undefined) return undefined;
    const { buffer, byteOffset, byteLength } = readFileSync(file.path);
    const owned = byteOffset === 0 && byteLength === buffer.byteLength;
    const bytes = owned ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
    return { ...file.like, data: file.construct(bytes as ArrayBuffer) } as TypedTensor;
  }

  delete(tensor: string): void {
    const file = this.#files.get(tensor);
    if (file === undefined) return;
    this.#files.delete(tensor);
    rmSync(file.path, { force: true });
  }

  names(): readonly string[] {
    return [...this.#files.keys()];
  }
}
