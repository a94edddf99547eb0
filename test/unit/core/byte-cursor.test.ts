import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteCursor, protobufFields, readFloats, readIntegers } from '@tessera/core';

function cursorOver(bytes: Uint8Array): { readonly cursor: ByteCursor; readonly reads: number[] } {
  const reads: number[] = [];
  const cursor = new ByteCursor({
    size: bytes.length,
    read(into, position) {
      const found = bytes.subarray(position, position + into.length);
      into.set(found);
      reads.push(position);
      return found.length;
    },
    text: (text) => new TextDecoder().decode(text),
  });
  return { cursor, reads };
}

/** 1: 300; 2: "grün" and a fixed32 1.5; 3 (packed): -1, 5; 4: fixed64. */
const MESSAGE = Uint8Array.from([
  ...[0x08, 0xac, 0x02],
  ...[0x12, 0x05, 0x67, 0x72, 0xc3, 0xbc, 0x6e],
  ...[0x15, 0x00, 0x00, 0xc0, 0x3f],
  ...[0x1a, 0x0b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x05],
  ...[0x21, 1, 2, 3, 4, 5, 6, 7, 8],
]);

test('the fields of a message come in their order, whatever is read of each', () => {
  for (const readsBodies of [true, false]) {
    const { cursor } = cursorOver(MESSAGE);
    const found = [];
    for (const field of protobufFields(cursor, MESSAGE.length)) {
      const { type, number } = field;
      if (field.type === 'integer') found.push([number, field.value]);
      else if (!readsBodies) found.push([number, type]);
      else if (field.type === 'bytes' && number === 2) found.push([number, cursor.readText(field.length)]);
      else if (field.type === 'bytes') found.push([number, readIntegers(cursor, field)]);
      else if (field.type === 'fixed32') found.push([number, readFloats(cursor, field)]);
      else found.push([number, type]);
    }
    const read = [
      [1, 300],
      [2, 'grün'],
      [2, [1.5]],
      [3, [-1, 5]],
      [4, 'fixed64'],
    ];
    const skipped = [
      [1, 300],
      [2, 'bytes'],
      [2, 'fixed32'],
      [3, 'bytes'],
      [4, 'fixed64'],
    ];
    assert.deepEqual(found, readsBodies ? read : skipped);
  }
});

test('what is stepped over is not read', () => {
  const weights = 10_000_000;
  // 1: so many bytes; 2: 7.
  const bytes = new Uint8Array(5 + weights + 2);
  bytes.set([0x0a, 0x80, 0xad, 0xe2, 0x04]);
  bytes.set([0x10, 0x07], 5 + weights);
  const { cursor, reads } = cursorOver(bytes);
  const numbers = [...protobufFields(cursor, bytes.length)].map(({ number }) => number);
  assert.deepEqual(numbers, [1, 2]);
  assert.deepEqual(reads, [0, 5 + weights]);
});

const BROKEN: readonly (readonly [string, readonly number[], RegExp])[] = [
  ['ends amid a number', [0x08, 0x80], /ends early/],
  ['has a field longer than itself', [0x0a, 0x05, 0x01], /reaches past its message/],
  ['has a number of eleven bytes', [0x08, ...Array.from({ length: 10 }, () => 0x80), 0x01], /longer than ten bytes/],
  ['has a group', [0x0b], /wire type 3/],
  ['has a length below zero', [0x0a, ...Array.from({ length: 9 }, () => 0xff), 0x01], /length of -1/],
];

for (const [what, bytes, complaint] of BROKEN) {
  test(`a message that ${what} is refused`, () => {
    const { cursor } = cursorOver(Uint8Array.from(bytes));
    assert.throws(
      () => [...protobufFields(cursor, bytes.length)],
      (error: Error) => error instanceof RangeError && complaint.test(error.message),
    );
  });
}
