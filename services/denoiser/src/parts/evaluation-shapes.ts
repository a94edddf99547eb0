import type { ModelCard } from '@tessera/core';
import { nativeSize, openInputShape } from '../warm-up-evaluations.js';

/** What one run of the native size feeds, of one row where the graph leaves that open; 1 for extents that nothing says. */
export function evaluationShapes(card: ModelCard): ReadonlyMap<string, readonly number[]> {
  const { denoiser, latentFormat } = card;
  const batch = denoiser.fixedBatch ?? 1;
  const { width, height } = nativeSize(card);
  const timestep = denoiser.timestepRank === 0 ? [] : [denoiser.timestepFixedLength ?? batch];
  return new Map([
    [denoiser.sampleInput, [batch, latentFormat.channels, height, width]],
    [denoiser.timestepInput, timestep],
    ...denoiser.inputs.map((input): [string, readonly number[]] => [
      input.name,
      [batch, ...openInputShape(input, card).map((extent) => Math.max(1, extent))],
    ]),
  ]);
}
