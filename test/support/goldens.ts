import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from './paths.js';

export const goldensFolder = join(repoRoot, 'test', 'goldens');

/** A JSON file of test/goldens. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(join(goldensFolder, name), 'utf8')) as T;
}

/** A file of raw little-endian float32. */
export function readFloat32File(path: string): Float32Array {
  return float32FromBytes(readFileSync(path));
}

/** Float32 values from the hex of their little-endian bytes. */
export function float32FromHex(hex: string): Float32Array {
  return float32FromBytes(Buffer.from(hex, 'hex'));
}

/** Hex of the little-endian bytes: two arrays are equal bit for bit exactly when these strings are. */
export function hexFromFloat32(values: Float32Array): string {
  return littleEndianBytes(values).toString('hex');
}

/** sha256, lower-case hex, over little-endian float32. */
export function sha256OfFloat32(values: Float32Array): string {
  return sha256Of(littleEndianBytes(values));
}

/** sha256, lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function float32FromBytes(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

function littleEndianBytes(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, 4 * i);
  });
  return bytes;
}
