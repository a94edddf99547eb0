import { TesseraError } from '@tessera/core';
import { type ExitCode, shutdownSignal } from '@tessera/runtime';
import { reportFailure } from './failure.js';
import { createProgram } from './program.js';

/** Runs one command line, without the executable and the script, to its exit code. */
export async function runCli(argv: readonly string[]): Promise<ExitCode> {
  const readerGone = new AbortController();
  process.stdout.on('error', () => readerGone.abort(new TesseraError('cancelled', 'nobody reads stdout')));
  const signal = AbortSignal.any([shutdownSignal(), readerGone.signal]);
  try {
    await createProgram({ signal }).parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (thrown) {
    return reportFailure(thrown, signal);
  }
}
