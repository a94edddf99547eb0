import type { ByteCursor } from './byte-cursor.js';

/** One field of a protobuf message: `start` is its tag's position in the source, `end` the position after it. */
export type ProtobufField =
  | {
      readonly type: 'integer';
      readonly number: number;
      readonly value: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly type: 'bytes';
      readonly number: number;
      readonly start: number;
      readonly body: number;
      readonly length: number;
      readonly end: number;
    }
  | { readonly type: 'fixed32'; readonly number: number; readonly start: number; readonly end: number }
  | { readonly type: 'fixed64'; readonly number: number; readonly start: number; readonly end: number };

/**
 * The fields of the message between the cursor and `end`, in their order. For
 * all but integers the cursor stands at the first byte of the value; whatever
 * the caller reads, the next field is found.
 * @throws RangeError when the bytes are not a protobuf message.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function* protobufFields(cursor: ByteCursor, end: number): Generator<ProtobufField> {
  while (cursor.position < end) {
    const field = readField(cursor);
    if (field.end > end) throw new RangeError(`field ${field.number} reaches past its message`);
    yield field;
    cursor.position = field.end;
  }
}

/** The numbers of a repeated integer field, in one of its two spellings: packed, or one a field. */
export function readIntegers(cursor: ByteCursor, field: ProtobufField): number[] {
  if (field.type === 'integer') return [field.value];
  if (field.type !== 'bytes') throw new RangeError(`field ${field.number} is no list of integers`);
  const values: number[] = [];
  while (cursor.position < field.end) values.push(readVarint(cursor));
  return values;
}

/** As `readIntegers`, for float32. */
export function readFloats(cursor: ByteCursor, field: ProtobufField): number[] {
  const values: number[] = [];
  while (cursor.position < field.end) values.push(cursor.readFloat32());
  return values;
}

function readField(cursor: ByteCursor): ProtobufField {
  const start = cursor.position;
  const tag = readVarint(cursor);
  const number = Math.floor(tag / 8);
  const wireType = tag % 8;
  if (wireType === 0) return { type: 'integer', number, value: readVarint(cursor), start, end: cursor.position };
  if (wireType === 2) {
    const length = readVarint(cursor);
    if (length < 0) throw new RangeError(`field ${number} has a length of ${length}`);
    return { type: 'bytes', number, start, body: cursor.position, length, end: cursor.position + length };
  }
  if (wireType === 1) return { type: 'fixed64', number, start, end: cursor.position + 8 };
  if (wireType === 5) return { type: 'fixed32', number, start, end: cursor.position + 4 };
  throw new RangeError(`wire type ${wireType}`);
}

const LONGEST_VARINT = 10;
/** Seven groups of seven bits stay below 2⁵³. */
const EXACT_GROUPS = 7;

/** A signed 64-bit integer; beyond ±2⁵³ the nearest number, which only "to the end" markers reach. */
function readVarint(cursor: ByteCursor): number {
  let value = 0;
  let unit = 1;
  for (let count = 0; count < EXACT_GROUPS; count++) {
    const byte = cursor.readByte();
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) return value;
    unit *= 128;
  }
  let bits = BigInt(value);
  for (let count = EXACT_GROUPS; count < LONGEST_VARINT; count++) {
    const byte = cursor.readByte();
    bits |= BigInt(byte & 0x7f) << BigInt(7 * count);
    if (byte < 0x80) return Number(BigInt.asIntN(64, bits));
  }
  throw new RangeError('a varint longer than ten bytes');
}
