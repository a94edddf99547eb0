import { type Tensor, tensor } from './tensor/tensor.js';

const f = Math.fround;

/**
 * Classifier-free guidance (Ho and Salimans, arXiv 2207.12598): u + g·(c − u)
 * in float32, one rounding for each operation, and guidance rescale (Lin et
 * al., arXiv 2305.08891, §3.4) by φ.
 *
 * @param unconditional the prediction u.
 * @param conditional the prediction c, of the same shape.
 * @param scale g; 1 gives c up to rounding.
 * @param rescale φ in [0, 1]; 0 leaves the result alone.
 */
export function guidedPrediction(unconditional: Tensor, conditional: Tensor, scale: number, rescale: number): Tensor {
  const u = unconditional.data;
  const c = conditional.data;
  if (u.length !== c.length)
    throw new RangeError(`predictions of ${u.length} and ${c.length} values do not go together`);
  const g = f(scale);
  const out = new Float32Array(c.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = (u[i] as number) + f(g * f((c[i] as number) - (u[i] as number)));
  }
  if (rescale > 0) rescaleInPlace(out, c, rescale);
  return tensor(conditional.shape, out);
}

/** Moves the standard deviation of `guided` towards that of the conditional prediction. */
function rescaleInPlace(guided: Float32Array, c: Float32Array, rescale: number): void {
  const deviation = f(standardDeviation(guided));
  if (deviation === 0) return;
  const ratio = f(f(standardDeviation(c)) / deviation);
  const phi = f(rescale);
  const rest = f(1 - rescale);
  for (let i = 0; i < guided.length; i++) {
    const x = guided[i] as number;
    guided[i] = f(phi * f(x * ratio)) + f(rest * x);
  }
}

/** Unbiased (n − 1), float64. */
function standardDeviation(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}
