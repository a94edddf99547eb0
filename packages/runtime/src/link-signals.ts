import { setMaxListeners } from 'node:events';

export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Lets go of the signals it was made of; to be called in `finally`. */
  unlink(): void;
}

/**
 * A signal that is aborted, with its reason, when one of these is.
 * `AbortSignal.any` does the same, but a source that lives as long as the
 * process keeps a trace of every signal that was ever made of it.
 */
export function linkSignals(...sources: readonly AbortSignal[]): LinkedSignal {
  const controller = new AbortController();
  const unlink = () => {
    for (const source of sources) source.removeEventListener('abort', abort);
  };
  const abort = () => {
    unlink();
    controller.abort(sources.find((source) => source.aborted)?.reason);
  };
  setMaxListeners(0, controller.signal, ...sources);
  for (const source of sources) source.addEventListener('abort', abort, { once: true });
  if (sources.some((source) => source.aborted)) abort();
  return { signal: controller.signal, unlink };
}
