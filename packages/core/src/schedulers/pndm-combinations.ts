const f = Math.fround;
const TWENTY_FOURTH = f(1 / 24);

/** sum + weight · m. */
export function plus(sum: Float32Array, m: Float32Array, weight: number): Float32Array {
  const out = new Float32Array(sum.length);
  for (let i = 0; i < out.length; i++) out[i] = (sum[i] as number) + f(weight * (m[i] as number));
  return out;
}

/**
 * The linear multistep (Adams–Bashforth) combination of up to four
 * predictions, oldest first: eq. 9 of PNDM and its lower orders.
 */
export function linearMultistep(predictions: readonly Float32Array[]): Float32Array {
  const [e1, e2, e3, e4] = predictions.toReversed() as [Float32Array, ...Float32Array[]];
  if (e2 === undefined) return e1;
  const out = new Float32Array(e1.length);
  if (e3 === undefined) {
    for (let i = 0; i < out.length; i++) out[i] = f(f(3 * (e1[i] as number)) - (e2[i] as number)) / 2;
  } else if (e4 === undefined) {
    for (let i = 0; i < out.length; i++) {
      out[i] = f(f(f(23 * (e1[i] as number)) - f(16 * (e2[i] as number))) + f(5 * (e3[i] as number))) / 12;
    }
  } else {
    for (let i = 0; i < out.length; i++) {
      const three = f(f(f(55 * (e1[i] as number)) - f(59 * (e2[i] as number))) + f(37 * (e3[i] as number)));
      out[i] = TWENTY_FOURTH * f(three - f(9 * (e4[i] as number)));
    }
  }
  return out;
}
