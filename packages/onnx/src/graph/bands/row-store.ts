import type { TypedTensor } from '../../typed-tensor.js';

/** Where a band keeps its rows of each tensor between segments. */
export interface RowStore {
  put(tensor: string, rows: TypedTensor): void;
  /** Not to be written to. `undefined` for what is not kept. */
  get(tensor: string): TypedTensor | undefined;
  delete(tensor: string): void;
  names(): readonly string[];
}

export class MemoryRows implements RowStore {
  readonly #rows = new Map<string, TypedTensor>();

  put(tensor: string, rows: TypedTensor): void {
    this.#rows.set(tensor, rows);
  }

  get(tensor: string): TypedTensor | undefined {
    return this.#rows.get(tensor);
  }

  delete(tensor: string): void {
    this.#rows.delete(tensor);
  }

  names(): readonly string[] {
    return [...this.#rows.keys()];
  }
}
