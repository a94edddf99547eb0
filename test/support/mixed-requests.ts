import type { GenerationRequestInput } from '@tessera/client';
import { SCHEDULER_NAMES, takesEta } from '@tessera/core';
import { seededRandom } from './seeded-random.js';

/** Long enough for a gateway to be missed, found missing and followed. */
const KEEP_FOR_MS = 120_000;

const MOST_LCM_STEPS = 50;

/** Requests of all schedulers, with and without noise, guided and not, some of several images or on a tiled canvas. */
export function mixedRequests(count: number, steps: number, seed: number): readonly GenerationRequestInput[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const scheduler = SCHEDULER_NAMES[i % SCHEDULER_NAMES.length] ?? 'ddim';
    const withEta = takesEta(scheduler) && random() < 0.5;
    const shape = random();
    return {
      prompt: 'a red apple',
      seed: seed * 1000 + i,
      scheduler,
      // Its training has no more.
      steps: scheduler === 'lcm' ? Math.min(steps, MOST_LCM_STEPS) : steps,
      guidanceScale: random() < 0.5 ? 1 : 4,
      keepForMs: KEEP_FOR_MS,
      ...(withEta && { eta: 0.6 }),
      ...(shape < 0.15 && { count: 2 }),
      ...(shape > 0.85 && { width: 96, height: 64 }),
    };
  });
}
