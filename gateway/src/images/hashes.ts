import { createHash } from 'node:crypto';
import type { Pixels, Tensor } from '@tessera/core';

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Over the encoded file. */
export const fileSha256 = sha256;

/** Over RGB8 pixels, row-major. */
export function imageSha256({ data }: Pixels): string {
  return sha256(data);
}

/** Over little-endian float32; every platform that Node runs on is little-endian. */
export function latentSha256({ data }: Tensor): string {
  return sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
