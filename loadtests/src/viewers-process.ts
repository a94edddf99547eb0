import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { TesseraError } from '@tessera/core';
import { PAUSED_VIEWERS_PROGRAM } from './paths.js';

/** Resolves when all viewers have stopped reading. @throws TesseraError `unavailable` when their process ends first. */
export async function startPausedViewers(
  address: string,
  viewers: number,
  { apiKey, caFile }: { readonly apiKey: string | undefined; readonly caFile: string | undefined },
): Promise<AsyncDisposable> {
  const child = spawn(
    process.execPath,
    [PAUSED_VIEWERS_PROGRAM, address, String(viewers), ...(caFile === undefined ? [] : [caFile])],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...(apiKey !== undefined && { TESSERA_API_KEY: apiKey }) },
    },
  );
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const isPaused = await Promise.race([once(lines, 'line').then(() => true), ended.then(() => false)]);
  if (!isPaused) throw new TesseraError('unavailable', `the paused viewers ended with ${child.exitCode}`);
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
