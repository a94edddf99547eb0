import { EventEmitter, once } from 'node:events';

export type WorkerLifeState = 'starting' | 'ready' | 'hung' | 'draining';

/** Where a worker is in its life, with news of every change. */
export class WorkerLife {
  readonly #events = new EventEmitter().setMaxListeners(0);
  #state: WorkerLifeState = 'starting';

  get state(): WorkerLifeState {
    return this.#state;
  }

  enter(state: WorkerLifeState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.emit('change');
  }

  /** Resolves at the next change, or after `limitMs`, or rejects with the signal's reason. */
  async changed(limitMs: number, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const timer = setTimeout(() => done.abort(), limitMs);
    const either = AbortSignal.any([signal, done.signal]);
    try {
      await once(this.#events, 'change', { signal: either });
    } catch {
      signal.throwIfAborted();
    } finally {
      clearTimeout(timer);
    }
  }
}
