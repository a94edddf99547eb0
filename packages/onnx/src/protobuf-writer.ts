/** The four shapes of a protobuf field that a writer needs. A message is its fields, concatenated. */
export type ProtobufField = Uint8Array;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

const utf8 = new TextEncoder();

export function varintField(number: number, value: number): ProtobufField {
  return Uint8Array.from([...varint((number << 3) | VARINT), ...varint(value)]);
}

export function floatField(number: number, value: number): ProtobufField {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return Uint8Array.from([...varint((number << 3) | FIXED_32), ...bytes]);
}

export function bytesField(number: number, bytes: Uint8Array): ProtobufField {
  return concatBytes([Uint8Array.from([...varint((number << 3) | LENGTH_DELIMITED), ...varint(bytes.length)]), bytes]);
}

export function stringField(number: number, text: string): ProtobufField {
  return bytesField(number, utf8.encode(text));
}

export function messageField(number: number, fields: readonly ProtobufField[]): ProtobufField {
  return bytesField(number, concatBytes(fields));
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Non-negative integers up to 2⁵³. */
function* varint(value: number): Generator<number> {
  let rest = value;
  while (rest >= 0x80) {
    yield (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  yield rest;
}
