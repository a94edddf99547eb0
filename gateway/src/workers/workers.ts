import { EventEmitter, once, setMaxListeners } from 'node:events';
import { connectChannel, type Logger } from '@tessera/runtime';
import { Ledger } from '../ledger.js';
import type { WorkerStage } from './worker-description.js';
import { LINK_TIMES, type LinkTimes, WorkerLink } from './worker-link.js';

/** Every worker that the gateway has been told of, and how it is. */
export class Workers {
  readonly #links = new Map<string, { readonly link: WorkerLink; readonly stop: AbortController }>();
  readonly #changes = new EventEmitter();
  readonly #log: Logger;
  readonly #times: LinkTimes;
  readonly #ledger: Ledger;

  constructor(log: Logger, times: LinkTimes = LINK_TIMES, ledger: Ledger = new Ledger()) {
    this.#log = log;
    this.#times = times;
    this.#ledger = ledger;
    this.#changes.setMaxListeners(0);
  }

  get links(): readonly WorkerLink[] {
    return [...this.#links.values()].map(({ link }) => link);
  }

  /** Those that can take a call for the stage of this model now. */
  ready(stage: WorkerStage, modelSha256: string): readonly WorkerLink[] {
    return this.readyOf(stage).filter((link) => link.serves(modelSha256));
  }

  readyOf(stage: WorkerStage): readonly WorkerLink[] {
    return this.links.filter((link) => link.state === 'ready' && link.description?.stage === stage);
  }

  /** Resolves at the next change of any worker's state; rejects when the signal is aborted. */
  async changed(signal: AbortSignal): Promise<void> {
    await once(this.#changes, 'change', { signal });
  }

  /** Attends to the workers of each set, from one set to the next, until the signal is aborted. */
  async run(addresses: AsyncIterable<ReadonlySet<string>>, signal: AbortSignal): Promise<void> {
    setMaxListeners(0, signal);
    for await (const set of addresses) this.#attend(set, signal);
  }

  #attend(addresses: ReadonlySet<string>, signal: AbortSignal): void {
    for (const address of addresses) {
      if (this.#links.has(address)) continue;
      const stop = new AbortController();
      const changed = () => this.#changes.emit('change');
      const link = new WorkerLink(connectChannel(address), this.#log, changed, this.#times, this.#ledger);
      this.#links.set(address, { link, stop });
      void link.run(AbortSignal.any([signal, stop.signal]));
    }
    for (const [address, { stop }] of this.#links) {
      if (addresses.has(address)) continue;
      stop.abort();
      this.#links.delete(address);
    }
    this.#changes.emit('change');
  }
}
