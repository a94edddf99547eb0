import { EventEmitter, once, setMaxListeners } from 'node:events';
import { connectChannel, type Logger, type ServiceChannel } from '@tessera/runtime';
import { Ledger } from '../ledger.js';
import type { WorkerStage } from './worker-description.js';
import { LINK_TIMES, type LinkTimes, WorkerLink } from './worker-link.js';

/** Where workers of one stage are, or of any where no stage is said. */
export interface WorkerSource {
  readonly stage?: WorkerStage;
  /** Each set in place of the one before, until the signal is aborted. */
  addresses(signal: AbortSignal): AsyncIterable<ReadonlySet<string>>;
}

/** Opens the way to a worker that should be of this stage, where one is said. */
export type ConnectWorker = (address: string, stage: WorkerStage | undefined) => ServiceChannel;

/** Every worker that the gateway has been told of, and how it is. */
export class Workers {
  readonly #links = new Map<string, { readonly link: WorkerLink; readonly stop: AbortController }>();
  readonly #changes = new EventEmitter();
  readonly #log: Logger;
  readonly #times: LinkTimes;
  readonly #ledger: Ledger;
  readonly #connect: ConnectWorker;

  constructor(
    log: Logger,
    times: LinkTimes = LINK_TIMES,
    ledger: Ledger = new Ledger(),
    connect: ConnectWorker = (address) => connectChannel(address),
  ) {
    this.#connect = connect;
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
  async run(addresses: AsyncIterable<ReadonlySet<string>>, signal: AbortSignal, stage?: WorkerStage): Promise<void> {
    setMaxListeners(0, signal);
    const own = new Set<string>();
    for await (const set of addresses) this.#attend(set, own, signal, stage);
  }

  /** @param own the addresses that came from here. */
  #attend(addresses: ReadonlySet<string>, own: Set<string>, signal: AbortSignal, stage?: WorkerStage): void {
    for (const address of addresses) {
      if (this.#links.has(address)) continue;
      const stop = new AbortController();
      const changed = () => this.#changes.emit('change');
      const channel = this.#connect(address, stage);
      const link = new WorkerLink(channel, this.#log, changed, this.#times, this.#ledger, stage);
      this.#links.set(address, { link, stop });
      own.add(address);
      void link.run(AbortSignal.any([signal, stop.signal]));
    }
    for (const address of own) {
      if (addresses.has(address)) continue;
      this.#links.get(address)?.stop.abort();
      this.#links.delete(address);
      own.delete(address);
    }
    this.#changes.emit('change');
  }
}
