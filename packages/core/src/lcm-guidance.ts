import type { PlainTensor } from './plan.js';

const f = Math.fround;

/**
 * The embedding by which a latent consistency model takes its guidance scale
 * (`timestep_cond`): sines, then cosines, of w = (guidanceScale − 1) · 1000 at
 * geometrically spaced frequencies, as diffusers' LCM pipeline makes it.
 *
 * @param dim width of the embedding; odd ones end in 0.
 */
export function guidanceEmbedding(guidanceScale: number, dim: number): PlainTensor {
  const w = f(f(guidanceScale - 1) * 1000);
  const half = Math.floor(dim / 2);
  const rate = f(f(Math.log(10_000)) / (half - 1));
  const angles = Array.from({ length: half }, (_, k) => f(w * f(Math.exp(f(k * -rate)))));
  const embedding = [...angles.map((angle) => f(Math.sin(angle))), ...angles.map((angle) => f(Math.cos(angle)))];
  return { shape: [dim], data: dim % 2 === 0 ? embedding : [...embedding, 0] };
}
