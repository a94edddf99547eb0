import { type ByteCursor, protobufFields, readIntegers } from '@tessera/core';
import { elementBytes, elementTypeFromOnnx } from './element-type.js';
import type { ByteRange, StoredTensor } from './graph-model.js';

const EXTERNAL = 1;

/**
 * A TensorProto: dims = 1, data_type = 2, name = 8, raw_data = 9,
 * external_data = 13, data_location = 14. The elements are stepped over.
 * @param field the TensorProto with its tag; the cursor stands after the tag.
 */
export function readTensor(cursor: ByteCursor, { start, end }: ByteRange): StoredTensor {
  const shape: number[] = [];
  let name = '';
  let code = 0;
  let location = 0;
  let raw: { start: number; end: number } | undefined;
  const entries = new Map<string, string>();
  for (const field of protobufFields(cursor, end)) {
    if (field.number === 1) shape.push(...readIntegers(cursor, field));
    if (field.number === 2 && field.type === 'integer') code = field.value;
    if (field.number === 14 && field.type === 'integer') location = field.value;
    if (field.type !== 'bytes') continue;
    if (field.number === 8) name = cursor.readText(field.end - field.body);
    if (field.number === 9) raw = { start: field.body, end: field.end };
    if (field.number === 13) entries.set(...readEntry(cursor, field.end));
  }
  const elementType = elementTypeFromOnnx(code);
  const bytes = shape.reduce((product, extent) => product * extent, 1) * elementBytes(elementType);
  const tensor = { name, elementType, shape, bytes, stored: { start, end } };
  if (location === EXTERNAL) return { ...tensor, place: externalPlace(name, entries, bytes) };
  if (raw !== undefined) return { ...tensor, place: { type: 'raw', ...raw } };
  return { ...tensor, place: { type: 'typed' } };
}

function externalPlace(name: string, entries: ReadonlyMap<string, string>, bytes: number): StoredTensor['place'] {
  const location = entries.get('location');
  if (location === undefined) throw new RangeError(`tensor ${name} is external and names no location`);
  const offset = byteCount(entries.get('offset') ?? '0');
  const length = byteCount(entries.get('length') ?? String(bytes));
  return { type: 'external', location, offset, length };
}

/** A StringStringEntryProto: key = 1, value = 2. */
function readEntry(cursor: ByteCursor, end: number): [key: string, value: string] {
  const entry: [string, string] = ['', ''];
  for (const field of protobufFields(cursor, end)) {
    if (field.type !== 'bytes') continue;
    if (field.number === 1) entry[0] = cursor.readText(field.end - field.body);
    if (field.number === 2) entry[1] = cursor.readText(field.end - field.body);
  }
  return entry;
}

function byteCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`an external offset or length of ${text}`);
  return count;
}
