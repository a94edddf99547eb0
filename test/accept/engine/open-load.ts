import { setTimeout as delay } from 'node:timers/promises';
import { TesseraError } from '@tessera/core';
import type { GenerateRequest, GenerationServiceClient } from '@tessera/proto';
import { generated } from '../../unit/gateway/test-gateway.js';

export type Outcome =
  | { readonly type: 'completed'; readonly ms: number; readonly endedAtMs: number }
  | { readonly type: 'refused'; readonly ms: number; readonly retryAfterMs: number | undefined }
  /** Accepted, and ended otherwise. */
  | { readonly type: 'late' | 'failed'; readonly text: string };

/** One request, to its end. */
export async function outcomeOf(client: GenerationServiceClient, request: GenerateRequest): Promise<Outcome> {
  const beganMs = performance.now();
  let accepted = false;
  try {
    for await (const event of generated(client, request)) {
      accepted = true;
      if (event.type !== 'completed') continue;
      const endedAtMs = performance.now();
      return { type: 'completed', ms: endedAtMs - beganMs, endedAtMs };
    }
    return { type: 'failed', text: 'the stream ended' };
  } catch (thrown) {
    const { code, message, retryAfterMs } = TesseraError.from(thrown);
    if (!accepted && code === 'resource_exhausted') {
      return { type: 'refused', ms: performance.now() - beganMs, retryAfterMs };
    }
    return { type: accepted && code === 'deadline_exceeded' ? 'late' : 'failed', text: message };
  }
}

/** So many at a time, the next when one has ended, for so long; @returns requests completed a second. */
export async function closedLoop(
  client: GenerationServiceClient,
  request: () => GenerateRequest,
  { atATime, forMs }: { readonly atATime: number; readonly forMs: number },
): Promise<number> {
  const beganMs = performance.now();
  let completed = 0;
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (performance.now() - beganMs < forMs) {
        const outcome = await outcomeOf(client, request());
        if (outcome.type !== 'completed') throw new Error(`a lone request was ${JSON.stringify(outcome)}`);
        completed += 1;
      }
    }),
  );
  return (1000 * completed) / (performance.now() - beganMs);
}

/** Requests at random times, whatever becomes of those before; resolves when all have ended. */
export async function openLoop(
  client: GenerationServiceClient,
  request: () => GenerateRequest,
  load: { readonly aSecond: number; readonly forMs: number; readonly random: () => number },
): Promise<readonly Outcome[]> {
  const { aSecond, forMs, random } = load;
  const beganMs = performance.now();
  const outcomes: Promise<Outcome>[] = [];
  for (let atMs = 0; atMs < forMs; atMs += (-1000 / aSecond) * Math.log(1 - random())) {
    const waitMs = beganMs + atMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    outcomes.push(outcomeOf(client, request()));
  }
  return Promise.all(outcomes);
}
