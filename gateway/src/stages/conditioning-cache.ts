import { createHash } from 'node:crypto';
import type { Conditioning } from '@tessera/core';

/** Text encoders that give the same bits for the same text. */
export interface EncoderIdentity {
  readonly modelSha256: string;
  readonly numericClass: string;
}

/**
 * Conditionings by the content of what made them: model, numeric class and
 * text, as one hash; no text is kept. Bounded in bytes: the longest unused go
 * first, but never that of the empty text, which half of all guided
 * generations need.
 */
export class ConditioningCache {
  readonly #entries = new Map<string, Conditioning>();
  readonly #pinned = new Map<string, Conditioning>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(encoder: EncoderIdentity, text: string): Conditioning | undefined {
    const key = keyOf(encoder, text);
    const found = this.#pinned.get(key) ?? this.#refreshed(key);
    return found && { ...found, cached: true };
  }

  /** Those that are here, by text. */
  getAll(encoder: EncoderIdentity, texts: readonly string[]): ReadonlyMap<string, Conditioning> {
    const found = texts.map((text) => [text, this.get(encoder, text)] as const);
    return new Map(found.flatMap(([text, entry]) => (entry === undefined ? [] : [[text, entry]])));
  }

  put(encoder: EncoderIdentity, text: string, conditioning: Conditioning): void {
    const key = keyOf(encoder, text);
    if (text === '') {
      this.#pinned.set(key, conditioning);
      return;
    }
    this.#remove(key);
    this.#entries.set(key, conditioning);
    this.#bytes += byteLength(conditioning);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#remove(oldest);
    }
  }

  #refreshed(key: string): Conditioning | undefined {
    const found = this.#entries.get(key);
    if (found === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return found;
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= byteLength(entry);
  }
}

function keyOf({ modelSha256, numericClass }: EncoderIdentity, text: string): string {
  return createHash('sha256')
    .update(JSON.stringify([modelSha256, numericClass, text]))
    .digest('hex');
}

function byteLength({ inputs }: Conditioning): number {
  return Object.values(inputs).reduce((sum, { data }) => sum + data.byteLength, 0);
}
