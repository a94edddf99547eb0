import { parseArgs } from 'node:util';
import type { Held } from './promises.js';

export interface PromiseRun {
  readonly minutes: number;
  readonly seed: number;
}

/**
 * Runs what `[--minutes N] [--seed N]` ask for, prints one JSON line for each
 * promise, and exits with 1 when any was broken.
 */
export async function holdPromises(
  run: (asked: PromiseRun) => Promise<readonly Held[]>,
  defaultMinutes: number,
): Promise<never> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: String(defaultMinutes) },
      seed: { type: 'string', default: '7' },
    },
  });
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes > 0) || !Number.isInteger(seed)) {
    console.error('--minutes takes a positive number, --seed an integer');
    process.exit(2);
  }
  const held = await run({ minutes, seed });
  for (const line of held) console.log(JSON.stringify({ ...line, seed, minutes }));
  process.exit(held.every(({ pass }) => pass) ? 0 : 1);
}
