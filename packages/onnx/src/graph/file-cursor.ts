import { readSync } from 'node:fs';

const BUFFER_BYTES = 64 * 1024;
/** After a jump over weights, usually only the next tensor's name is wanted before the next jump. */
const BYTES_AFTER_JUMP = 512;

/**
 * Reads forward and back in an open file through one small buffer, so that a
 * graph of many gigabytes costs no more memory than a small one.
 */
export class FileCursor {
  position = 0;
  readonly size: number;
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #bufferStart = 0;
  #bufferLength = 0;

  constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor;
    this.size = size;
  }

  /** @throws RangeError at the end of the file. */
  readByte(): number {
    const offset = this.#fill(1);
    this.position += 1;
    return this.#buffer[offset] as number;
  }

  /** @throws RangeError at the end of the file. */
  readFloat32(): number {
    const offset = this.#fill(4);
    this.position += 4;
    return this.#buffer.readFloatLE(offset);
  }

  /** @throws RangeError when the text would reach past the end of the file, or is longer than the buffer. */
  readText(length: number): string {
    if (length > BUFFER_BYTES) throw new RangeError(`a name of ${length} bytes`);
    const offset = this.#fill(length);
    this.position += length;
    return this.#buffer.toString('utf8', offset, offset + length);
  }

  #fill(length: number): number {
    const offset = this.position - this.#bufferStart;
    if (offset >= 0 && offset + length <= this.#bufferLength) return offset;
    const goesOn = offset >= 0 && offset <= this.#bufferLength;
    const wanted = goesOn ? BUFFER_BYTES : Math.max(length, BYTES_AFTER_JUMP);
    this.#bufferStart = this.position;
    this.#bufferLength = readSync(this.#descriptor, this.#buffer, 0, wanted, this.position);
    if (this.#bufferLength < length) throw new RangeError('the file ends early');
    return 0;
  }
}
