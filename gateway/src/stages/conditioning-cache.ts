import { createHash } from 'node:crypto';
import type { Conditioning } from '@tessera/core';
import { BoundedMap } from '@tessera/runtime';

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
  readonly #entries: BoundedMap<Conditioning>;
  readonly #pinned = new Map<string, Conditioning>();

  constructor(maxBytes: number) {
    this.#entries = new BoundedMap(maxBytes, byteLength);
  }

  get(encoder: EncoderIdentity, text: string): Conditioning | undefined {
    const key = keyOf(encoder, text);
    const found = this.#pinned.get(key) ?? this.#entries.use(key);
    return found && { ...found, cached: true };
  }

  /** Those that are here, by text. */
  getAll(encoder: EncoderIdentity, texts: readonly string[]): ReadonlyMap<string, Conditioning> {
    const found = texts.map((text) => [text, this.get(encoder, text)] as const);
    return new Map(found.flatMap(([text, entry]) => (entry === undefined ? [] : [[text, entry]])));
  }

  put(encoder: EncoderIdentity, text: string, conditioning: Conditioning): void {
    const key = keyOf(encoder, text);
    if (text === '') this.#pinned.set(key, conditioning);
    else this.#entries.put(key, conditioning);
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
