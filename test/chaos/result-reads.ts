import { setTimeout as delay } from 'node:timers/promises';
import { connect, TesseraError } from '@tessera/client';
import { seededRandom } from '../support/seeded-random.js';

export interface ResultReads {
  /** Reads that said completed, each with its images fetched. */
  readonly completed: number;
  /** Of which the images could not be had, or were others. */
  readonly without: readonly string[];
  /** Ids that were accepted and that a gateway did not know. */
  readonly unknown: readonly string[];
}

const EVERY_MS = 400;

/** Asks for accepted generations, any of them, until the signal is aborted. */
export async function readResults(
  addresses: readonly string[],
  accepted: ReadonlySet<string>,
  seed: number,
  signal: AbortSignal,
): Promise<ResultReads> {
  const client = connect({ address: addresses });
  const random = seededRandom(seed);
  let completed = 0;
  const without: string[] = [];
  const unknown: string[] = [];
  while (!signal.aborted) {
    await delay(EVERY_MS);
    const ids = [...accepted];
    const id = ids[Math.floor(random() * ids.length)];
    if (id === undefined) continue;
    try {
      const { state, result } = await client.getGeneration(id);
      if (state !== 'completed') continue;
      completed += 1;
      if (result?.type !== 'completed' || result.images.length === 0) without.push(`${id}: no images`);
      else for (const { image } of result.images) await client.imageBytes(id, image);
    } catch (thrown) {
      const { code, message } = TesseraError.from(thrown);
      // Nobody was there to answer, which is no answer.
      if (isAway(code)) continue;
      if (code === 'not_found') unknown.push(id);
      else without.push(`${id}: ${code} ${message}`);
    }
  }
  client.close();
  return { completed, without, unknown };
}

function isAway(code: string): boolean {
  return code === 'unavailable' || code === 'deadline_exceeded' || code === 'cancelled';
}
