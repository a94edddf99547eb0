import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface TurnTimes {
  readonly beatMs: number;
  /** Of the observer's own clock. A turn taken too early costs work that is done twice. */
  readonly staleAfterMs: number;
  readonly lookMs: number;
}

export const TURN_TIMES: TurnTimes = { beatMs: 1_000, staleAfterMs: 10_000, lookMs: 100 };

/**
 * A turn among the processes that share a folder, for as long as its file is
 * there and beats.
 *
 * @returns `undefined` when another process had it, after its end: there may be nothing left to do.
 */
export async function takeTurn(
  path: string,
  signal: AbortSignal,
  times: TurnTimes = TURN_TIMES,
): Promise<AsyncDisposable | undefined> {
  signal.throwIfAborted();
  try {
    await writeFile(path, '', { flag: 'wx' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    await turnOver(path, signal, times);
    return undefined;
  }
  const beat = setInterval(() => {
    const now = new Date();
    // Somebody who missed beats may have removed it.
    utimes(path, now, now).catch(() => {});
  }, times.beatMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      await rm(path, { force: true });
    },
  };
}

/** Waits until the file is gone; removes it when it no longer beats. */
async function turnOver(path: string, signal: AbortSignal, { staleAfterMs, lookMs }: TurnTimes): Promise<void> {
  let last: number | undefined;
  let heardAtMs = performance.now();
  for (;;) {
    const beat = await beatOf(path);
    if (beat === undefined) return;
    if (beat !== last) heardAtMs = performance.now();
    else if (performance.now() - heardAtMs > staleAfterMs) return rm(path, { force: true });
    last = beat;
    await delay(lookMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function beatOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}
