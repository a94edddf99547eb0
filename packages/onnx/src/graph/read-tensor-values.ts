import { closeSync, openSync, readSync } from 'node:fs';
import { protobufFields, readFloats, readIntegers } from '@tessera/core';
import { float32FromFloat16 } from '../float16.js';
import { type ElementType, elementBytes } from './element-type.js';
import { externalPath } from './external-weights.js';
import { fileCursor } from './file-cursor.js';
import type { GraphModel, StoredTensor } from './graph-model.js';

/**
 * The elements of one tensor as numbers.
 * @returns undefined for a type that has none (text, float64's typed spelling).
 * @throws RangeError when the file ends before the tensor does.
 */
export function readTensorValues(model: GraphModel, tensor: StoredTensor): readonly number[] | undefined {
  const { place } = tensor;
  if (place.type === 'typed') return typedValues(model, tensor);
  if (place.type === 'raw') return rawValues(readRange(model.path, place.start, place.end), tensor.elementType);
  const path = externalPath(model, place.location);
  return rawValues(readRange(path, place.offset, place.offset + place.length), tensor.elementType);
}

function readRange(path: string, start: number, end: number): DataView {
  const bytes = Buffer.alloc(end - start);
  const descriptor = openSync(path, 'r');
  try {
    if (readSync(descriptor, bytes, 0, bytes.length, start) < bytes.length) throw new RangeError(`${path} ends early`);
  } finally {
    closeSync(descriptor);
  }
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function rawValues(view: DataView, type: ElementType): readonly number[] | undefined {
  const read = ELEMENT_READERS[type];
  if (read === undefined) return undefined;
  const width = elementBytes(type);
  return Array.from({ length: view.byteLength / width }, (_, i) => read(view, i * width));
}

const ELEMENT_READERS: Partial<Record<ElementType, (view: DataView, offset: number) => number>> = {
  float32: (view, offset) => view.getFloat32(offset, true),
  float64: (view, offset) => view.getFloat64(offset, true),
  float16: (view, offset) => float32FromFloat16(view.getUint16(offset, true)),
  int8: (view, offset) => view.getInt8(offset),
  uint8: (view, offset) => view.getUint8(offset),
  bool: (view, offset) => view.getUint8(offset),
  int16: (view, offset) => view.getInt16(offset, true),
  uint16: (view, offset) => view.getUint16(offset, true),
  int32: (view, offset) => view.getInt32(offset, true),
  uint32: (view, offset) => view.getUint32(offset, true),
  int64: (view, offset) => Number(view.getBigInt64(offset, true)),
  uint64: (view, offset) => Number(view.getBigUint64(offset, true)),
};

/** float_data = 4, int32_data = 5 (also of smaller types; float16 as its bits), int64_data = 7. */
function typedValues(model: GraphModel, { stored, elementType, shape }: StoredTensor): readonly number[] | undefined {
  const descriptor = openSync(model.path, 'r');
  const values: number[] = [];
  try {
    const cursor = fileCursor(descriptor, stored.end);
    cursor.position = stored.start;
    // The first step is over the tensor's own tag.
    for (const { end } of protobufFields(cursor, stored.end)) {
      for (const field of protobufFields(cursor, end)) {
        if (field.number === 4) values.push(...readFloats(cursor, field));
        if (field.number === 5 || field.number === 7) values.push(...readIntegers(cursor, field));
      }
    }
  } finally {
    closeSync(descriptor);
  }
  if (values.length === 0 && !shape.includes(0)) return undefined;
  return elementType === 'float16' ? values.map(float32FromFloat16) : values;
}
