const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);

const EXPONENT_BIAS_DIFFERENCE = 127 - 15;

/** IEEE 754 binary16 bits of a number, rounded once from float32, ties to even; overflow is infinity. */
export function float16FromFloat32(value: number): number {
  float32[0] = value;
  const bits = bits32[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200 | (mantissa >>> 13));

  const halfExponent = exponent - EXPONENT_BIAS_DIFFERENCE;
  if (halfExponent >= 31) return sign | 0x7c00;
  if (halfExponent > 0) return sign | roundedShift((halfExponent << 23) | mantissa, 13);
  // Below the smallest normal the implicit bit becomes explicit and moves down.
  const shift = 14 - halfExponent;
  return shift > 24 ? sign : sign | roundedShift(mantissa | 0x800000, shift);
}

/** A carry out of the mantissa moves into the exponent, which is the right result there too. */
function roundedShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The float32 of every binary16, by its bits: 256 KiB, made once. */
const float32OfHalf = Float32Array.from({ length: 0x10000 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
});

export function float32FromFloat16(half: number): number {
  return float32OfHalf[half] as number;
}

export function encodeFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, float16FromFloat32);
}

export function decodeFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = float32OfHalf[halves[i] as number] as number;
  return values;
}
