const f = Math.fround;

/**
 * `torch.linspace(start, end, count, dtype=float32)` of torch 2.x on x86: from
 * the start in the first half, from the end in the second, each value one
 * fused multiply-add.
 */
export function torchLinspace(start: number, end: number, count: number): Float32Array {
  const s = f(start);
  const e = f(end);
  const step = f(f(e - s) / f(count - 1));
  const half = Math.floor(count / 2);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = i < half ? step * i + s : e - step * (count - 1 - i);
  return out;
}

/** `numpy.linspace(start, stop, count, endpoint)`, float64. */
export function numpyLinspace(start: number, stop: number, count: number, endpoint = true): number[] {
  const intervals = endpoint ? count - 1 : count;
  if (intervals === 0) return [start];
  const step = (stop - start) / intervals;
  const values = Array.from({ length: count }, (_, i) => i * step + start);
  if (endpoint) values[count - 1] = stop;
  return values;
}

/** Round half to even, as numpy and torch round. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  if (fraction < 0.5) return floor;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
