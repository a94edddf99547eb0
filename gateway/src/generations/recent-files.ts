/** Files that were stored here lately, of so many bytes: who watches is sent them without their being read again. */
export class RecentFiles {
  readonly #files = new Map<string, Uint8Array>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @param name of an object, whose bytes never change. */
  put(name: string, file: Uint8Array): void {
    this.#delete(name);
    this.#files.set(name, file);
    this.#bytes += file.length;
    for (const oldest of this.#files.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#delete(oldest);
    }
  }

  get(name: string): Uint8Array | undefined {
    return this.#files.get(name);
  }

  /** Those whose names begin so. */
  deleteAll(prefix: string): void {
    for (const name of this.#files.keys()) if (name.startsWith(prefix)) this.#delete(name);
  }

  #delete(name: string): void {
    this.#bytes -= this.#files.get(name)?.length ?? 0;
    this.#files.delete(name);
  }
}
