import { readSync } from 'node:fs';
import { ByteCursor } from '@tessera/core';

/** Over an open file, or its first `size` bytes. */
export function fileCursor(descriptor: number, size: number): ByteCursor {
  return new ByteCursor({
    size,
    read: (into, position) => readSync(descriptor, into, 0, into.length, position),
    text: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
  });
}
