import { setMaxListeners } from 'node:events';
import { TesseraError } from '@tessera/core';

/** Set by a supervisor: stdin is a pipe that it holds and never writes to. */
export const SUPERVISED_ENV = 'TESSERA_SUPERVISED';

/** Set by a supervisor for its gateway: sha256 of the key with which it asks how the cluster is, where keys are asked for. */
export const SUPERVISOR_KEY_ENV = 'TESSERA_SUPERVISOR_KEY_SHA256';

/** Reason of the signal when the supervisor's pipe ended; the others are names of signals. */
export const SUPERVISOR_GONE = 'SUPERVISOR_GONE';

const INTERRUPTED = 130;

/**
 * Aborted when this process should end: SIGTERM, SIGINT, or the end of the
 * supervisor's pipe, which comes however the supervisor died. A second SIGINT
 * exits at once. The reason is a TesseraError `cancelled` that names the cause.
 */
export function shutdownSignal(): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const shutDown = (reason: string) => controller.abort(new TesseraError('cancelled', 'shutting down', { reason }));
  process.on('SIGTERM', () => shutDown('SIGTERM'));
  let interrupted = false;
  process.on('SIGINT', () => {
    if (interrupted) process.exit(INTERRUPTED);
    interrupted = true;
    shutDown('SIGINT');
  });
  if (process.env[SUPERVISED_ENV] === '1') {
    process.stdin.once('close', () => shutDown(SUPERVISOR_GONE));
    process.stdin.on('error', () => shutDown(SUPERVISOR_GONE));
    process.stdin.resume();
  }
  return controller.signal;
}
