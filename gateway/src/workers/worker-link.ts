import { setTimeout as delay } from 'node:timers/promises';
import { TesseraError } from '@tessera/core';
import {
  callStream,
  tesseraV1,
  type WorkerServiceClient,
  type WorkerServiceWatchResponse__Output,
} from '@tessera/proto';
import { describeWorker, type Logger, type ServiceChannel, SilenceAlarm } from '@tessera/runtime';
import { Ledger } from '../ledger.js';
import { ProgressWatch } from './progress-watch.js';
import { WorkerCosts } from './worker-costs.js';
import { longestRunMs, parseDescription, type WorkerDescription, type WorkerStage } from './worker-description.js';

/** `connecting` until it first answers; `lost` whenever it does not answer any more. */
export type LinkState = 'connecting' | 'starting' | 'ready' | 'draining' | 'lost' | 'hung';

export interface LinkTimes {
  readonly describeTimeoutMs: number;
  /** No beat for this long: the worker is lost. */
  readonly lostAfterMs: number;
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
}

/** Beats come twice a second, and three may be missing. */
export const LINK_TIMES: LinkTimes = {
  describeTimeoutMs: 5_000,
  lostAfterMs: 1_500,
  minBackoffMs: 100,
  maxBackoffMs: 2_000,
};

/**
 * What a gateway knows of one worker address: the process that answers there,
 * its load, and whether it is to be relied on. Reconnects for ever; a process
 * that took the place of another is described anew.
 */
export class WorkerLink {
  readonly address: string;
  readonly channel: ServiceChannel;
  readonly #log: Logger;
  readonly #times: LinkTimes;
  readonly #changed: () => void;
  readonly #ledger: Ledger;
  readonly #worker: WorkerServiceClient;
  readonly #stage: WorkerStage | undefined;
  #state: LinkState = 'connecting';
  #description: WorkerDescription | undefined;
  #beat: WorkerServiceWatchResponse__Output | undefined;
  #trust = new AbortController();
  #inFlight = 0;
  /** Since the last beat: a beat is older than the newest call's end, and younger than the oldest call's begin. */
  #mostInFlight = 0;
  #foreign = 0;
  #costs = new WorkerCosts([]);

  constructor(
    channel: ServiceChannel,
    log: Logger,
    changed: () => void,
    times: LinkTimes = LINK_TIMES,
    ledger: Ledger = new Ledger(),
    stage?: WorkerStage,
  ) {
    this.#stage = stage;
    this.address = channel.address;
    this.channel = channel;
    this.#log = log;
    this.#times = times;
    this.#changed = changed;
    this.#ledger = ledger;
    this.#worker = channel.client(tesseraV1.WorkerService);
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Kept while the worker is lost: what was there last. */
  get description(): WorkerDescription | undefined {
    return this.#description;
  }

  get beat(): WorkerServiceWatchResponse__Output | undefined {
    return this.#beat;
  }

  /** Aborted when the worker is found lost or hung: calls made before will not end. */
  get trust(): AbortSignal {
    return this.#trust.signal;
  }

  /** Evaluations waiting and running there: ours as of now, those of other gateways as of the last beat. */
  get load(): number {
    return this.#inFlight + this.#foreign;
  }

  /** Evaluations of this gateway waiting and running there. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get costs(): WorkerCosts {
    return this.#costs;
  }

  serves(modelSha256: string): boolean {
    return this.#description?.models.some(({ sha256 }) => sha256 === modelSha256) ?? false;
  }

  /** Counts evaluations as in flight until the returned function is called. */
  occupy(evaluations: number): () => void {
    this.#inFlight += evaluations;
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight);
    const release = this.#ledger.take('worker_permits', evaluations);
    return () => {
      this.#inFlight -= evaluations;
      release();
    };
  }

  /** Connects, and connects again, until the signal is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    let backoffMs = this.#times.minBackoffMs;
    while (!signal.aborted) {
      try {
        await this.#attend(signal, () => {
          backoffMs = this.#times.minBackoffMs;
        });
      } catch (thrown) {
        this.#lose(thrown, signal);
      }
      await delay(backoffMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
      backoffMs = Math.min(2 * backoffMs, this.#times.maxBackoffMs);
    }
    this.#enter('lost', new TesseraError('unavailable', 'the gateway is going down'));
    this.channel.close();
  }

  async #attend(signal: AbortSignal, answered: () => void): Promise<void> {
    const silence = new SilenceAlarm(this.#times.lostAfterMs);
    const attending = AbortSignal.any([signal, silence.signal]);
    let progress: ProgressWatch | undefined;
    try {
      for await (const beat of callStream(this.#worker.watch({}), attending)) {
        answered();
        silence.heard();
        // A worker that still loads has nothing to describe yet.
        if (beat.state === 'WORKER_STATE_STARTING') {
          // Of what it lacked until now nothing can have come to its end.
          progress = undefined;
          this.#enter('starting');
          continue;
        }
        progress ??= new ProgressWatch(longestRunMs(await this.#describe(attending)));
        this.#heard(beat, progress);
      }
    } finally {
      silence.stop();
    }
    throw new TesseraError('unavailable', 'the worker ended its beat');
  }

  async #describe(signal: AbortSignal): Promise<WorkerDescription> {
    const description = parseDescription(await describeWorker(this.channel, this.#times.describeTimeoutMs, signal));
    this.#assertPlace(description);
    const before = this.#description;
    this.#description = description;
    const { workerId, stage, pid, device } = description;
    if (before?.workerId !== workerId || before.pid !== pid) {
      this.#costs = new WorkerCosts(description.costs);
      this.#log.info('found a worker', { address: this.address, worker: workerId, stage, worker_pid: pid, device });
    }
    return description;
  }

  /** Whoever is listed, and shows a certificate, as one thing is not used as another. */
  #assertPlace({ stage }: WorkerDescription): void {
    if (this.#stage === undefined || stage === this.#stage) return;
    const text = `worker ${this.address} says that it is a ${stage}; it is listed as a ${this.#stage}`;
    throw new TesseraError('failed_precondition', text, { reason: 'STAGE' });
  }

  #heard(beat: WorkerServiceWatchResponse__Output, progress: ProgressWatch): void {
    this.#beat = beat;
    const { waiting = 0, running = 0, runForecastMs = 0 } = beat.load ?? {};
    this.#foreign = Math.max(0, waiting + running - this.#mostInFlight);
    this.#mostInFlight = this.#inFlight;
    const late = progress.beat(running, Number(beat.evaluationsCompleted), performance.now(), runForecastMs);
    if (late || beat.state === 'WORKER_STATE_HUNG')
      this.#enter('hung', new TesseraError('unavailable', `worker ${this.address} makes no progress`));
    else this.#enter(STATE_OF_BEAT[beat.state] ?? 'ready');
  }

  #lose(thrown: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    const cause = TesseraError.from(thrown);
    const known = this.#description !== undefined && this.#state !== 'lost';
    if (known) this.#log.warn('lost a worker', { address: this.address, cause: cause.message });
    if (cause.code === 'failed_precondition') this.#log.error('cannot use a worker', cause, { address: this.address });
    if (this.#description === undefined) return;
    this.#enter('lost', new TesseraError('unavailable', `worker ${this.address} is lost`, { cause }));
  }

  #enter(state: LinkState, broken?: TesseraError): void {
    if (state === this.#state) return;
    this.#state = state;
    if (broken === undefined) {
      if (this.#trust.signal.aborted) this.#trust = new AbortController();
    } else {
      this.#foreign = 0;
      this.#trust.abort(broken);
    }
    this.#changed();
  }
}

const STATE_OF_BEAT: Partial<Record<string, LinkState>> = {
  WORKER_STATE_DRAINING: 'draining',
};
