const f = Math.fround;

const SQRT_2 = f(Math.SQRT2);
const LN_2 = f(Math.LN2);
const P = [0, 0.9999999999999999, 2.112677543073053, 1.4800006335765066, 0.3808837741388408, 0.02589979117907923];
const Q = [1, 2.612677543073109, 2.4530060717847366, 0.986494295851896, 0.15464763749839067, 0.005875095403124574];

/**
 * `numpy.log` of a float32 on x86 with AVX2 or AVX-512 (numpy's
 * loops_exponent_log): a rational approximation on [1/√2, √2], up to 4 ulp
 * from the true logarithm.
 *
 * @param x a normal float32 above zero.
 */
export function numpyLog(x: number): number {
  let e = Math.floor(Math.log2(x));
  let m = x / 2 ** e;
  if (m >= 2) {
    e += 1;
    m /= 2;
  } else if (m < 1) {
    e -= 1;
    m *= 2;
  }
  if (m > SQRT_2) {
    e += 1;
    m /= 2;
  }
  const z = f(m - 1);
  return f(e * LN_2 + f(horner(P, z) / horner(Q, z)));
}

/** Each step is one fused multiply-add. */
function horner(coefficients: readonly number[], z: number): number {
  return coefficients.reduceRight((sum, c) => f(sum * z + f(c)), 0);
}
