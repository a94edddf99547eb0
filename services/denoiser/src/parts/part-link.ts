import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { TesseraError } from '@tessera/core';
import { callStream, PROTOCOL_VERSION, tesseraV1, type WorkerState__Output } from '@tessera/proto';
import { describeWorker, type Logger, type ServiceChannel, SilenceAlarm } from '@tessera/runtime';
import { type PartCall, PartCalls, type PartResult } from './part-calls.js';

export interface PartLinkTimes {
  /** Beats come twice a second, and three may be missing. */
  readonly lostAfterMs: number;
  readonly describeTimeoutMs: number;
  readonly reconnectMs: number;
  /** How long a run waits for its part to come back before it fails, and may run elsewhere. */
  readonly patienceMs: number;
}

export const PART_LINK_TIMES: PartLinkTimes = {
  lostAfterMs: 1_500,
  describeTimeoutMs: 5_000,
  reconnectMs: 100,
  patienceMs: 5_000,
};

export interface PartProtections {
  /** What was at a part that was lost runs there again. */
  readonly repeatsLostRuns: boolean;
}

export const PART_PROTECTIONS: PartProtections = { repeatsLostRuns: true };

/** Losses of its worker that one run may see: one more, and it may be why. */
const MOST_LOSSES = 3;

/** Of the worker, not of the run: the same run may well succeed. */
const LOSSES: readonly string[] = ['unavailable', 'internal', 'cancelled'];

/**
 * What a denoiser knows of the worker that has one of its further parts.
 * Reconnects for ever, and repeats what was there when it was lost: the feeds
 * are still here. A run that loses its worker again and again, and a worker
 * that is not what it was, end this process as well: the gateway has the one
 * way to deal with that.
 */
export class PartLink {
  readonly #channel: ServiceChannel;
  readonly #log: Logger;
  readonly #times: PartLinkTimes;
  readonly #protections: PartProtections;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #failure = new AbortController();
  readonly failed: Promise<Error>;
  #fail!: (error: Error) => void;
  #calls: PartCalls | undefined;
  #isReady = false;
  #numericClass: string | undefined;

  constructor(
    channel: ServiceChannel,
    log: Logger,
    times: PartLinkTimes = PART_LINK_TIMES,
    protections: PartProtections = PART_PROTECTIONS,
  ) {
    this.#channel = channel;
    this.#log = log;
    this.#times = times;
    this.#protections = protections;
    this.failed = new Promise((resolve) => {
      this.#fail = (error) => {
        this.#failure.abort(error);
        resolve(error);
      };
    });
  }

  get ready(): boolean {
    return this.#isReady;
  }

  /** Once it is ready for the first time. @throws the signal's reason. */
  async numericClass(signal: AbortSignal): Promise<string> {
    while (this.#numericClass === undefined) await this.#changed(signal);
    return this.#numericClass;
  }

  /**
   * Runs the part, again when its worker is lost meanwhile.
   *
   * @throws TesseraError `unavailable` when the worker does not come back in time; `resource_exhausted` of a run that
   * may fail.
   */
  async run(call: PartCall): Promise<PartResult> {
    for (let losses = 0; ; ) {
      const calls = await this.#usable();
      try {
        return await calls.run(call);
      } catch (thrown) {
        const error = TesseraError.from(thrown);
        if (error.code === 'resource_exhausted') throw error;
        losses += 1;
        this.#log.warn('a part failed a run', { address: this.#channel.address, cause: error.message });
        if (!LOSSES.includes(error.code) || losses > MOST_LOSSES) {
          const text = `the part at ${this.#channel.address} does not do its runs: ${error.message}`;
          this.#fail(new TesseraError(error.code, text, { cause: error }));
        }
        if (!this.#protections.repeatsLostRuns) throw error;
      }
    }
  }

  /** Keeps the connection until the signal is aborted. Never rejects. */
  async attend(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#watch(signal);
      } catch (thrown) {
        if (!signal.aborted) this.#lose(thrown);
      }
      await delay(this.#times.reconnectMs, undefined, { signal }).catch(() => {});
    }
    this.#lose(signal.reason);
    this.#channel.close();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const silence = new SilenceAlarm(this.#times.lostAfterMs);
    const watching = AbortSignal.any([signal, silence.signal]);
    const worker = this.#channel.client(tesseraV1.WorkerService);
    try {
      for await (const { state } of callStream(worker.watch({}), watching)) {
        silence.heard();
        await this.#heard(state, watching);
      }
    } finally {
      silence.stop();
    }
    throw new TesseraError('unavailable', 'the worker ended its beat');
  }

  async #heard(state: WorkerState__Output, signal: AbortSignal): Promise<void> {
    if (state === 'WORKER_STATE_HUNG') throw new TesseraError('unavailable', 'a run of the part hangs');
    // What it has comes to its end; new runs wait for the one that takes its place.
    if (state !== 'WORKER_STATE_READY') this.#enter(false);
    else if (this.#calls?.ended !== false) await this.#open(signal);
    else this.#enter(true);
  }

  async #open(signal: AbortSignal): Promise<void> {
    const described = await describeWorker(this.#channel, this.#times.describeTimeoutMs, signal);
    const { stage, numericClass, protocolVersion } = described;
    const { address } = this.#channel;
    const before = this.#numericClass ?? numericClass;
    if (stage !== 'STAGE_DENOISER_PART' || protocolVersion !== PROTOCOL_VERSION || numericClass !== before) {
      const found = `${stage} of protocol ${protocolVersion} in numeric class ${numericClass}`;
      const text = `the worker at ${address} is not the part that it was: ${found}`;
      this.#fail(new TesseraError('failed_precondition', text));
      return;
    }
    this.#numericClass = numericClass;
    this.#calls = new PartCalls(this.#channel.client(tesseraV1.DenoiserPartService));
    this.#enter(true);
  }

  #lose(reason: unknown): void {
    if (this.#isReady) {
      const { message: cause } = TesseraError.from(reason);
      this.#log.warn('lost the worker of a part', { address: this.#channel.address, cause });
    }
    this.#calls?.close(reason);
    this.#calls = undefined;
    this.#enter(false);
  }

  #enter(ready: boolean): void {
    this.#isReady = ready;
    this.#changes.emit('change');
  }

  async #usable(): Promise<PartCalls> {
    const patience = AbortSignal.any([this.#failure.signal, AbortSignal.timeout(this.#times.patienceMs)]);
    for (;;) {
      this.#failure.signal.throwIfAborted();
      if (this.#isReady && this.#calls?.ended === false) return this.#calls;
      await this.#changed(patience).catch(() => {
        this.#failure.signal.throwIfAborted();
        throw new TesseraError('unavailable', `the part at ${this.#channel.address} is away`);
      });
    }
  }

  async #changed(signal: AbortSignal): Promise<void> {
    await once(this.#changes, 'change', { signal });
  }
}
