import type { FileCursor } from './file-cursor.js';

/** One field of a protobuf message; `end` is the file position after it. */
export type ProtobufField =
  | { readonly type: 'integer'; readonly number: number; readonly value: number; readonly end: number }
  | { readonly type: 'bytes'; readonly number: number; readonly end: number; readonly length: number }
  | { readonly type: 'fixed'; readonly number: number; readonly end: number };

/**
 * The fields of the message between the cursor and `end`, in file order. For
 * `bytes` the cursor stands at the first byte; whatever the caller reads, the
 * next field is found.
 * @throws RangeError when the bytes are not a protobuf message.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function* protobufFields(cursor: FileCursor, end: number): Generator<ProtobufField> {
  while (cursor.position < end) {
    const field = readField(cursor);
    if (field.end > end) throw new RangeError(`field ${field.number} reaches past its message`);
    yield field;
    cursor.position = field.end;
  }
}

function readField(cursor: FileCursor): ProtobufField {
  const tag = readVarint(cursor);
  const number = Math.floor(tag / 8);
  const wireType = tag % 8;
  if (wireType === 0) {
    const value = readVarint(cursor);
    return { type: 'integer', number, value, end: cursor.position };
  }
  if (wireType === 2) {
    const length = readVarint(cursor);
    return { type: 'bytes', number, length, end: cursor.position + length };
  }
  if (wireType === 1) return { type: 'fixed', number, end: cursor.position + 8 };
  if (wireType === 5) return { type: 'fixed', number, end: cursor.position + 4 };
  throw new RangeError(`wire type ${wireType}`);
}

const LONGEST_VARINT = 10;

/** An unsigned varint; above 2⁵³ it is inexact, which no length or type reaches. */
function readVarint(cursor: FileCursor): number {
  let value = 0;
  let unit = 1;
  for (let count = 0; count < LONGEST_VARINT; count++) {
    const byte = cursor.readByte();
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) return value;
    unit *= 128;
  }
  throw new RangeError('a varint longer than ten bytes');
}
