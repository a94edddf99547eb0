import { setImmediate as turn } from 'node:timers/promises';
import { type PixelBand, pixelsFromDecoded } from '@tessera/core';
import { float32FromTyped, type TypedTensor } from '@tessera/onnx';
import { MAX_PART_BYTES } from '@tessera/proto';

/**
 * A decoded tensor as RGB8 in bands small enough for a message, top to bottom.
 * Between bands the event loop turns: a megapixel takes tens of milliseconds.
 *
 * @param decoded [batch, 3, height, width]; the first row of the batch is the image.
 */
export async function* pixelBands(decoded: TypedTensor): AsyncGenerator<PixelBand> {
  const [, , height = 0, width = 0] = decoded.shape;
  const rowsOfBand = Math.max(1, Math.floor(MAX_PART_BYTES / (3 * width)));
  for (let y = 0; y < height; y += rowsOfBand) {
    const rows = Math.min(rowsOfBand, height - y);
    yield { y, ...pixelsFromDecoded({ shape: [3, rows, width], data: bandValues(decoded, y, rows) }) };
    await turn();
  }
}

function bandValues(decoded: TypedTensor, y: number, rows: number): Float32Array {
  const [, , height = 0, width = 0] = decoded.shape;
  const values = new Float32Array(3 * rows * width);
  for (let channel = 0; channel < 3; channel++) {
    const begin = (channel * height + y) * width;
    const data = decoded.data.subarray(begin, begin + rows * width);
    values.set(float32FromTyped({ ...decoded, data } as TypedTensor), channel * rows * width);
  }
  return values;
}
