import { TesseraError } from '@tessera/core';
import type { BusPatience } from './bus.js';

export interface ObjectSummary {
  readonly name: string;
  readonly sizeBytes: number;
  /** Wall clock of the store, milliseconds: for retention and listing. */
  readonly storedAtMs: number;
}

/**
 * Immutable bytes under a name such as `<generation>/<fence>/<step>`: parts of
 * letters, digits, `-`, `_` and `.`, separated by `/`. Of any size that memory
 * holds; an object is real only once a log names it.
 */
export interface ObjectStore {
  /**
   * Resolves once it is stored. Storing the same bytes again does nothing.
   *
   * @throws TesseraError `already_exists` when the name holds other bytes.
   */
  put(name: string, bytes: Uint8Array, patience?: BusPatience): Promise<void>;

  /**
   * The bytes as they were put, by their checksum; `undefined` for an unknown name.
   *
   * @throws TesseraError for which {@link isObjectDamaged} holds, when they are not.
   */
  get(name: string, patience?: BusPatience): Promise<Uint8Array | undefined>;

  /** Nothing happens for an unknown name. */
  delete(name: string): Promise<void>;

  /** The objects whose names begin with the prefix, oldest first; all for `''`. */
  list(prefix: string): Promise<readonly ObjectSummary[]>;
}

const OBJECT_DAMAGED = 'OBJECT_DAMAGED';

export function objectDamaged(name: string): TesseraError {
  return new TesseraError('internal', `object ${name} is not as it was stored`, { reason: OBJECT_DAMAGED });
}

/** Whether an object was found and cannot be used: it will not get better by reading it again. */
export function isObjectDamaged(thrown: unknown): boolean {
  return thrown instanceof TesseraError && thrown.reason === OBJECT_DAMAGED;
}
