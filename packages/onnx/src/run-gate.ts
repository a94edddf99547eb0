import type { PendingRun, RunResult } from './executor.js';

/**
 * Who got to a run first: the thread that starts it, or the caller that drops
 * it. Both sides compare and exchange, so that a dropped run never starts and
 * a started one is never reported as dropped.
 */
const GATE = { waiting: 0, started: 1, dropped: 2 } as const;

export function createRunGate(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** Whether the run may start; afterwards it can no longer be dropped. */
export function passGate(gate: SharedArrayBuffer): boolean {
  return Atomics.compareExchange(new Int32Array(gate), 0, GATE.waiting, GATE.started) === GATE.waiting;
}

/** Whether the run was stopped before it started. */
export function closeGate(gate: SharedArrayBuffer): boolean {
  return Atomics.compareExchange(new Int32Array(gate), 0, GATE.waiting, GATE.dropped) === GATE.waiting;
}

/** The result, or the signal's reason as soon as it is certain that the run will not start. */
export function dropOnAbort({ result, drop }: PendingRun, signal: AbortSignal | undefined): Promise<RunResult> {
  if (signal === undefined) return result;
  const { promise, resolve, reject } = deferred<RunResult>();
  const dropIfWaiting = () => {
    if (drop()) reject(signal.reason);
  };
  signal.addEventListener('abort', dropIfWaiting, { once: true });
  result.then(resolve, reject);
  return promise.finally(() => signal.removeEventListener('abort', dropIfWaiting));
}

export function deferred<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
