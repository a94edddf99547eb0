const f = Math.fround;

const TWO_PI = f(2 * Math.PI);
const FOUR_OVER_PI = f(1.27323954473516);

const SQRT_HALF = f(Math.SQRT1_2);
const LOG_2_HIGH = f(0.693359375);
const LOG_2_LOW = f(-2.1219444e-4);
const L0 = f(7.0376836292e-2);
const L1 = f(-1.151461031e-1);
const L2 = f(1.167699874e-1);
const L3 = f(-1.2420140846e-1);
const L4 = f(1.4249322787e-1);
const L5 = f(-1.6668057665e-1);
const L6 = f(2.0000714765e-1);
const L7 = f(-2.4999993993e-1);
const L8 = f(3.3333331174e-1);

const PI_4_HIGH = f(0.78515625);
const PI_4_MIDDLE = f(2.4187564849853516e-4);
const PI_4_LOW = f(3.774894977445941e-8);
const C0 = f(2.443315711809948e-5);
const C1 = f(-1.388731625493765e-3);
const C2 = f(4.166664568298827e-2);
const S0 = f(-1.9515295891e-4);
const S1 = f(8.3321608736e-3);
const S2 = f(-1.6666654611e-1);

/**
 * Box–Muller over one block of 16, as torch's AVX2 kernel computes it (ATen
 * `normal_fill_16_AVX2`): eight radii from words 0…7, eight angles from words
 * 8…15, cosines first. The cephes polynomials run with the fused multiply-adds
 * that GCC makes of that source, written here as one rounding: f(x·y + c).
 *
 * @param words 24-bit uniforms k, standing for k · 2⁻²⁴.
 */
export function fillNormalBlock(words: Int32Array, from: number, out: Float32Array, to: number): void {
  for (let j = 0; j < 8; j++) {
    const r = f(Math.sqrt(f(-2 * logOneMinus(words[from + j] as number))));
    const theta = f(TWO_PI * ((words[from + j + 8] as number) * 2 ** -24));

    const quadrant = (Math.trunc(f(theta * FOUR_OVER_PI)) + 1) & ~1;
    let x = f(theta - quadrant * PI_4_HIGH);
    x = f(x - quadrant * PI_4_MIDDLE);
    x = f(x - quadrant * PI_4_LOW);
    const z = f(x * x);
    const c = f(f(f(C0 * z + C1) * z + C2) * z);
    const s = f(f(f(S0 * z + S1) * z + S2) * z);
    const cosPolynomial = f(f(c * z - 0.5 * z) + 1);
    const sinPolynomial = f(s * x + x);

    const swapped = (quadrant & 2) !== 0;
    const sin = swapped ? cosPolynomial : sinPolynomial;
    const cos = swapped ? sinPolynomial : cosPolynomial;
    out[to + j] = r * ((~(quadrant - 2) & 4) !== 0 ? -cos : cos);
    out[to + j + 8] = r * ((quadrant & 4) !== 0 ? -sin : sin);
  }
}

/** log(1 − k·2⁻²⁴) in float32 (cephes logf). */
function logOneMinus(k: number): number {
  const m = 2 ** 24 - k;
  const bits = 32 - Math.clz32(m);
  let e = bits - 24;
  let x = m / 2 ** bits;
  if (x < SQRT_HALF) {
    e -= 1;
    x = f(f(x - 1) + x);
  } else {
    x = f(x - 1);
  }
  const z = f(x * x);
  let y = f(L0 * x + L1);
  y = f(y * x + L2);
  y = f(y * x + L3);
  y = f(y * x + L4);
  y = f(y * x + L5);
  y = f(y * x + L6);
  y = f(y * x + L7);
  y = f(y * x + L8);
  y = f(y * x);
  y = f(y * z + f(e * LOG_2_LOW));
  y = f(y - 0.5 * z);
  return f(e * LOG_2_HIGH + f(x + y));
}
