import { setLogger } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { type ExitCode, exitCodeOf } from './exit-code.js';
import { createLogger, type Logger } from './logger.js';
import { SUPERVISOR_GONE, shutdownSignal } from './shutdown.js';

export interface MainContext {
  /** Aborted when the process should end; `main` then returns as soon as it has drained. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** Whoever stops a process may kill it later; a process that lost its supervisor ends itself. */
const ORPHAN_LIMIT_MS = 60_000;

/**
 * Runs a whole process: `main` until it returns or throws, then exit, with the
 * exit code of what it threw. Nothing left open keeps the process alive, and a
 * failure outside of `main`'s own promise ends it too (processes are crash-only).
 */
export async function runMain(service: string, main: (context: MainContext) => Promise<void>): Promise<never> {
  let log: Logger;
  try {
    log = createLogger(service);
  } catch (thrown) {
    process.stderr.write(`${service}: ${TesseraError.from(thrown).message}\n`);
    return process.exit(exitCodeOf(thrown));
  }
  process.on('uncaughtException', (thrown) => {
    log.error('ended by a failure that nothing handled', thrown);
    process.exit(1);
  });
  // What grpc-js would print by itself; its failures also reach the caller.
  setLogger({ error: (message?: unknown) => log.debug(String(message)) });
  const signal = shutdownSignal();
  signal.addEventListener('abort', () => {
    const { reason } = signal.reason as TesseraError;
    log.info('shutting down', { reason });
    if (reason === SUPERVISOR_GONE) setTimeout(() => process.exit(1), ORPHAN_LIMIT_MS);
  });
  return process.exit(await outcomeOf(main, { signal, log }));
}

async function outcomeOf(main: (context: MainContext) => Promise<void>, context: MainContext): Promise<ExitCode> {
  try {
    await main(context);
    return 0;
  } catch (thrown) {
    const code = exitCodeOf(thrown);
    if (code !== 130) context.log.error('failed', thrown);
    return code;
  } finally {
    await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  }
}
