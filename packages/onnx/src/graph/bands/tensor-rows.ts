import type { TypedTensor } from '../../typed-tensor.js';

type Elements = TypedTensor['data'];

/** Rows `from` up to `to` of an image [1, channels, rows, columns], copied. */
export function takeRows(tensor: TypedTensor, from: number, to: number): TypedTensor {
  const [, channels, rows, columns] = imageShape(tensor);
  const taken = emptyLike(tensor, channels * (to - from) * columns);
  for (let channel = 0; channel < channels; channel++) {
    const start = (channel * rows + from) * columns;
    const part = tensor.data.subarray(start, start + (to - from) * columns);
    copyInto(taken, part, channel * (to - from) * columns);
  }
  return { dtype: tensor.dtype, shape: [1, channels, to - from, columns], data: taken } as TypedTensor;
}

/** Images of one width, one below the other, copied. */
export function stackRows(parts: readonly TypedTensor[]): TypedTensor {
  const [first] = parts;
  if (first === undefined) throw new RangeError('no rows to stack');
  const [, channels, , columns] = imageShape(first);
  const rows = parts.reduce((sum, part) => sum + imageShape(part)[2], 0);
  const stacked = emptyLike(first, channels * rows * columns);
  let above = 0;
  for (const part of parts) {
    const [, partChannels, partRows, partColumns] = imageShape(part);
    if (partChannels !== channels || partColumns !== columns || part.dtype !== first.dtype) {
      throw new RangeError(`rows of [${part.shape}] do not go below those of [${first.shape}]`);
    }
    const length = partRows * columns;
    for (let channel = 0; channel < channels; channel++) {
      const piece = part.data.subarray(channel * length, (channel + 1) * length);
      copyInto(stacked, piece, (channel * rows + above) * columns);
    }
    above += partRows;
  }
  return { dtype: first.dtype, shape: [1, channels, rows, columns], data: stacked } as TypedTensor;
}

export function rowCount(tensor: TypedTensor): number {
  return imageShape(tensor)[2];
}

function imageShape({ shape }: TypedTensor): readonly [number, number, number, number] {
  if (shape.length !== 4 || shape[0] !== 1)
    throw new RangeError(`[${shape}] is no image of [1, channels, rows, columns]`);
  return shape as readonly [number, number, number, number];
}

function emptyLike({ data }: TypedTensor, length: number): Elements {
  return new (data.constructor as new (length: number) => Elements)(length);
}

function copyInto(target: Elements, part: Elements, offset: number): void {
  (target as Float32Array).set(part as Float32Array, offset);
}
