/** Bytes that are read piece by piece, such as a file's. */
export interface ByteSource {
  readonly size: number;
  /** Fills `into` from `position` on. @returns how many bytes there were. */
  read(into: Uint8Array, position: number): number;
  /** UTF-8. */
  text(bytes: Uint8Array): string;
}

const BUFFER_BYTES = 64 * 1024;
/** After a jump over weights, usually only the next tensor's name is wanted before the next jump. */
const BYTES_AFTER_JUMP = 512;

/**
 * Reads forward and back through one small buffer, so that a graph of many
 * gigabytes costs no more memory than a small one.
 */
export class ByteCursor {
  position = 0;
  readonly #source: ByteSource;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);
  #bufferStart = 0;
  #bufferLength = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get size(): number {
    return this.#source.size;
  }

  /** @throws RangeError at the end of the source. */
  readByte(): number {
    const offset = this.#fill(1);
    this.position += 1;
    return this.#buffer[offset] as number;
  }

  /** @throws RangeError at the end of the source. */
  readFloat32(): number {
    const offset = this.#fill(4);
    this.position += 4;
    return this.#view.getFloat32(offset, true);
  }

  /** @throws RangeError when the text would reach past the end of the source, or is longer than the buffer. */
  readText(length: number): string {
    if (length > BUFFER_BYTES) throw new RangeError(`a name of ${length} bytes`);
    const offset = this.#fill(length);
    this.position += length;
    return this.#source.text(this.#buffer.subarray(offset, offset + length));
  }

  #fill(length: number): number {
    const offset = this.position - this.#bufferStart;
    if (offset >= 0 && offset + length <= this.#bufferLength) return offset;
    const goesOn = offset >= 0 && offset <= this.#bufferLength;
    const wanted = goesOn ? BUFFER_BYTES : Math.max(length, BYTES_AFTER_JUMP);
    this.#bufferStart = this.position;
    this.#bufferLength = this.#source.read(this.#buffer.subarray(0, wanted), this.position);
    if (this.#bufferLength < length) throw new RangeError('the file ends early');
    return 0;
  }
}
