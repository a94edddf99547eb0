import { TesseraError } from '@tessera/core';
import { assertObjectName } from './names.js';
import type { ObjectStore } from './object-store.js';

/** Objects in memory. */
export function createMemoryObjectStore(closed: AbortSignal): ObjectStore {
  const objects = new Map<string, { readonly bytes: Uint8Array; readonly storedAtMs: number }>();
  return {
    async put(name, bytes) {
      closed.throwIfAborted();
      assertObjectName(name);
      const present = objects.get(name);
      if (present === undefined) {
        objects.set(name, { bytes: bytes.slice(), storedAtMs: Date.now() });
      } else if (Buffer.compare(present.bytes, bytes) !== 0) {
        throw new TesseraError('already_exists', `object ${name} holds other bytes`);
      }
    },
    async get(name) {
      closed.throwIfAborted();
      assertObjectName(name);
      return objects.get(name)?.bytes.slice();
    },
    async delete(name) {
      closed.throwIfAborted();
      assertObjectName(name);
      objects.delete(name);
    },
    async list(prefix) {
      closed.throwIfAborted();
      return [...objects]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, { bytes, storedAtMs }]) => ({ name, sizeBytes: bytes.length, storedAtMs }));
    },
  };
}
