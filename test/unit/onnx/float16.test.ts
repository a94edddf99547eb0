import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFloat16, encodeFloat16, float16FromFloat32, float32FromFloat16 } from '@tessera/onnx';

const NAN_EXPONENT = 0x7c00;

test('every float16 comes back from float32 with its own bits', () => {
  const all = Uint16Array.from({ length: 0x10000 }, (_, half) => half);
  const back = encodeFloat16(decodeFloat16(all));
  for (const half of all) {
    const isNan = (half & NAN_EXPONENT) === NAN_EXPONENT && (half & 0x3ff) !== 0;
    if (isNan) assert.ok(Number.isNaN(float32FromFloat16(back[half] as number)), `NaN ${half}`);
    else assert.equal(back[half], half);
  }
});

/** Values of IEEE 754 binary16, rounded to nearest, ties to even (numpy.float16 gives the same bits). */
const CASES: readonly (readonly [value: number, bits: number, why: string])[] = [
  [1, 0x3c00, 'one'],
  [-2, 0xc000, 'a sign'],
  [0, 0x0000, 'zero'],
  [-0, 0x8000, 'minus zero'],
  [65504, 0x7bff, 'the largest'],
  [65519.996, 0x7bff, 'below the middle between the largest and infinity'],
  [65520, 0x7c00, 'the middle rounds to even, which is infinity'],
  [1e10, 0x7c00, 'overflow'],
  [Number.NEGATIVE_INFINITY, 0xfc00, 'minus infinity'],
  [2 ** -14, 0x0400, 'the smallest normal'],
  [2 ** -24, 0x0001, 'the smallest'],
  [2 ** -25, 0x0000, 'half the smallest: tie to even, zero'],
  [2 ** -25 * 1.0001, 0x0001, 'a little more than half the smallest'],
  [3 * 2 ** -25, 0x0002, 'tie between subnormals, to even'],
  [1 + 2 ** -11, 0x3c00, 'tie down to even'],
  [1 + 3 * 2 ** -11, 0x3c02, 'tie up to even'],
  [1 + 2 ** -11 + 2 ** -20, 0x3c01, 'above the tie'],
  [2 - 2 ** -12, 0x4000, 'a carry into the exponent'],
  [1023.75 * 2 ** -24, 0x0400, 'a carry from subnormal to normal'],
];

for (const [value, bits, why] of CASES) {
  test(`${value}: ${why}`, () => assert.equal(float16FromFloat32(value), bits));
}

test('NaN stays NaN', () => assert.ok(Number.isNaN(float32FromFloat16(float16FromFloat32(Number.NaN)))));
