import type { Conditioning } from '@tessera/core';

/** Conditionings by key, within a number of bytes; the longest unused go first. */
export class ConditioningCache {
  readonly #entries = new Map<string, Conditioning>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): Conditioning | undefined {
    const found = this.#entries.get(key);
    if (found === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return { ...found, cached: true };
  }

  put(key: string, conditioning: Conditioning): void {
    this.#remove(key);
    this.#entries.set(key, conditioning);
    this.#bytes += byteLength(conditioning);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= byteLength(entry);
  }
}

function byteLength({ inputs }: Conditioning): number {
  return Object.values(inputs).reduce((sum, { data }) => sum + data.byteLength, 0);
}
