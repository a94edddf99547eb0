/** Values by key, of so many bytes together: the ones longest unused are forgotten first. */
export class BoundedMap<Value> {
  readonly #values = new Map<string, Value>();
  readonly #maxBytes: number;
  readonly #bytesOf: (value: Value) => number;
  #bytes = 0;

  /** @param bytesOf a value; always the same of one. */
  constructor(maxBytes: number, bytesOf: (value: Value) => number) {
    this.#maxBytes = maxBytes;
    this.#bytesOf = bytesOf;
  }

  /** Does not count as use. */
  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  use(key: string): Value | undefined {
    const found = this.#values.get(key);
    if (found === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, found);
    return found;
  }

  /** In the place of what the key stood for. A value that alone is too large is not kept, nor is any other. */
  put(key: string, value: Value): void {
    this.delete(key);
    this.#values.set(key, value);
    this.#bytes += this.#bytesOf(value);
    for (const longestUnused of this.#values.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.delete(longestUnused);
    }
  }

  delete(key: string): void {
    const found = this.#values.get(key);
    if (found === undefined) return;
    this.#values.delete(key);
    this.#bytes -= this.#bytesOf(found);
  }

  /** Keys may be deleted meanwhile. */
  keys(): IterableIterator<string> {
    return this.#values.keys();
  }
}
