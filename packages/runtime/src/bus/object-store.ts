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
  put(name: string, bytes: Uint8Array): Promise<void>;

  get(name: string): Promise<Uint8Array | undefined>;

  /** Nothing happens for an unknown name. */
  delete(name: string): Promise<void>;

  /** The objects whose names begin with the prefix, oldest first; all for `''`. */
  list(prefix: string): Promise<readonly ObjectSummary[]>;
}
