const MODULUS = 65_521;
/** As many bytes as two sums can take before they leave 32 bits (RFC 1950, 9). */
const AT_ONCE = 3_800;

/** The checksum of a zlib stream's contents (RFC 1950, 8.2). */
export class Adler32 {
  #a = 1;
  #b = 0;

  add(bytes: Uint8Array): void {
    let [a, b] = [this.#a, this.#b];
    for (let from = 0; from < bytes.length; from += AT_ONCE) {
      const end = Math.min(from + AT_ONCE, bytes.length);
      for (let i = from; i < end; i += 1) {
        a += bytes[i] as number;
        b += a;
      }
      a %= MODULUS;
      b %= MODULUS;
    }
    this.#a = a;
    this.#b = b;
  }

  /** Big-endian, as it ends the stream. */
  digest(): Buffer {
    const digest = Buffer.alloc(4);
    digest.writeUInt16BE(this.#b, 0);
    digest.writeUInt16BE(this.#a, 2);
    return digest;
  }
}
