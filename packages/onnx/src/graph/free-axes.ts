import type { GraphModel } from './graph-model.js';
import type { Shape } from './shapes.js';

/** Larger than any channel count's small factors, so that a free extent is never mistaken for a fixed one. */
const PRIMES = [11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71];
/** What a network halves and doubles again must come out even; six levels are more than any has. */
const EVEN = 64;

/**
 * Trial shapes of a graph's inputs: every free axis gets an extent of its own,
 * another one in each round. What has the same extent in two rounds is fixed.
 */
export function trialShapes(model: GraphModel, round: 0 | 1, batch?: number): ReadonlyMap<string, Shape> {
  const extents = new Map<string, number>();
  const shapes = new Map<string, Shape>();
  for (const { name, shape } of model.inputs) {
    const trial = shape?.map((extent, axis) => {
      if (typeof extent === 'number') return extent;
      if (axis === 0 && batch !== undefined) return batch;
      const key = axisKey(name, extent, axis);
      const known = extents.get(key) ?? trialExtent(extents.size, round);
      extents.set(key, known);
      return known;
    });
    if (trial !== undefined) shapes.set(name, trial);
  }
  return shapes;
}

/** Axes of one name have one extent; an axis without a name is like no other. */
export function axisKey(input: string, name: string, axis: number): string {
  return name === '' ? `${input}:${axis}` : name;
}

function trialExtent(ordinal: number, round: 0 | 1): number {
  const at = (2 * ordinal + round) % PRIMES.length;
  return (PRIMES[at] as number) * EVEN;
}
