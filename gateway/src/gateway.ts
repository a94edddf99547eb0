import { setMaxListeners } from 'node:events';
import { type GenerationRecord, type ModelCard, TesseraError } from '@tessera/core';
import {
  type Bus,
  createGenerationLog,
  createLagMonitor,
  type GatewayBeat,
  type GenerationLog,
  type LiveChannel,
  type Logger,
  NO_TELEMETRY,
  type Telemetry,
} from '@tessera/runtime';
import { capacityOf } from './admission/capacity.js';
import { backlogsOf, elsewhereOf } from './admission/elsewhere.js';
import type { QueueBounds } from './admission/judge.js';
import { Admission } from './admission.js';
import { arithmeticVersion } from './arithmetic-version.js';
import { CheckpointPacing } from './checkpoints/checkpoint-pacing.js';
import { LiveStates } from './checkpoints/live-states.js';
import { cancelGeneration } from './generations/cancel.js';
import { GenerationIndex } from './generations/generation-index.js';
import { GenerationRuns } from './generations/generation-runs.js';
import { LiveEvents } from './generations/live-events.js';
import { OneAtATime } from './generations/one-at-a-time.js';
import { Results } from './generations/results.js';
import { type RetentionLimits, runRetention } from './generations/retention.js';
import { HEARTBEAT_MS } from './generations/watch.js';
import { WATCH_TIMES, type WatchTimes } from './generations/watchers.js';
import { LEASE_TIMES, type LeaseTimes } from './leases/lease-times.js';
import { TakeOvers } from './leases/take-overs.js';
import { Ledger } from './ledger.js';
import { PROTECTIONS, type Protections } from './protections.js';
import { ConditioningCache } from './stages/conditioning-cache.js';
import { Dispatcher } from './stages/dispatcher.js';
import type { DispatchLimits } from './stages/worker-choice.js';
import { observeGateway } from './telemetry/gateway-figures.js';
import { Tenants } from './tenants/tenants.js';
import { completeModels, liveModels } from './workers/model-catalogue.js';
import { LINK_TIMES, type LinkTimes } from './workers/worker-link.js';
import { type ConnectWorker, type WorkerSource, Workers } from './workers/workers.js';

export interface GatewaySetup {
  readonly gatewayId: string;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly telemetry?: Telemetry;
  /** The model of requests that name none; the first by name when not given. */
  readonly defaultModel?: string | undefined;
  /** Who calls; without it everybody is one tenant. */
  readonly tenants?: Tenants;
  readonly queueBounds: QueueBounds;
  readonly conditioningCacheBytes: number;
  readonly retention: RetentionLimits;
  readonly linkTimes?: LinkTimes;
  /** Plain text when not given. */
  readonly connectWorker?: ConnectWorker | undefined;
  readonly dispatchLimits?: DispatchLimits;
  readonly heartbeatMs?: number;
  readonly watchTimes?: WatchTimes;
  readonly leaseTimes?: LeaseTimes;
  readonly checkpointPacing?: CheckpointPacing;
  readonly statePacing?: CheckpointPacing;
  /** For tests, which show what each of them holds. */
  readonly protections?: Partial<Protections>;
}

/** Everything one gateway is, apart from the server it listens with. */
export class Gateway {
  readonly workers: Workers;
  readonly admission: Admission;
  readonly runs: GenerationRuns;
  readonly index = new GenerationIndex();
  readonly log: GenerationLog;
  readonly live: LiveChannel;
  readonly liveEvents: LiveEvents;
  readonly results: Results;
  readonly heartbeatMs: number;
  readonly ledger = new Ledger();
  readonly protections: Protections;
  readonly telemetry: Telemetry;
  readonly dispatcher: Dispatcher;
  readonly tenants: Tenants;
  readonly submissions = new OneAtATime();
  readonly #liveStates: LiveStates;
  readonly #takeOvers: TakeOvers;
  readonly #leaseTimes: LeaseTimes;
  readonly #setup: GatewaySetup;
  readonly #arithmeticVersion = arithmeticVersion();
  readonly #closing = new AbortController();
  readonly #stopped = new AbortController();
  readonly #lag = createLagMonitor();
  #open = true;
  #address = '';
  #renewedMs = 0;

  constructor(setup: GatewaySetup) {
    const { bus, logger, linkTimes = LINK_TIMES, dispatchLimits: limits, tenants = new Tenants() } = setup;
    this.#setup = setup;
    // Every stream listens.
    setMaxListeners(0, this.#closing.signal, this.#stopped.signal);
    this.heartbeatMs = setup.heartbeatMs ?? HEARTBEAT_MS;
    this.protections = { ...PROTECTIONS, ...setup.protections };
    this.telemetry = setup.telemetry ?? NO_TELEMETRY;
    this.log = createGenerationLog(bus);
    this.live = bus.live;
    this.liveEvents = new LiveEvents(bus.live, this.ledger);
    this.results = new Results(bus.objects);
    this.workers = new Workers(logger, linkTimes, this.ledger, setup.connectWorker);
    this.tenants = tenants;
    const { boundsQueue: bounded, boundsRunning, fairOrder } = this.protections;
    this.dispatcher = new Dispatcher({
      workers: this.workers,
      logger,
      metrics: this.telemetry.metrics,
      limits,
      fairOrder,
    });
    this.admission = new Admission({
      ...setup.queueBounds,
      capacity: () => capacityOf(this.workers.readyOf('denoiser'), this.workers.readyOf('decoder')),
      weightOf: (tenant) => tenants.weightOf(tenant),
      elsewhere: () => elsewhereOf(this.#otherGateways(), (tenant) => tenants.weightOf(tenant)),
      bounded,
      boundsRunning,
      fairOrder,
    });
    this.#liveStates = new LiveStates({
      live: bus.live,
      isHeard: () => this.protections.tellsStates && this.#otherGateways().length > 0,
      isOpen: (generationId) => this.index.isOpen(generationId),
      runsHere: (generationId) => this.runs.has(generationId),
      pacing: setup.statePacing,
    });
    this.runs = new GenerationRuns(
      {
        gatewayId: setup.gatewayId,
        arithmeticVersion: this.#arithmeticVersion,
        log: this.log,
        live: this.live,
        objects: bus.objects,
        liveStates: this.#liveStates,
        pacing: setup.checkpointPacing ?? new CheckpointPacing(),
        results: this.results,
        dispatcher: this.dispatcher,
        cache: new ConditioningCache(setup.conditioningCacheBytes),
        tenants,
        logger,
        telemetry: this.telemetry,
        ledger: this.ledger,
        protections: this.protections,
        closing: this.#closing.signal,
      },
      this.admission,
      setup.watchTimes ?? WATCH_TIMES,
    );
    const { admission, workers, ledger } = this;
    observeGateway(this.telemetry, { admission, workers, bus, ledger, lag: this.#lag });
    this.#leaseTimes = setup.leaseTimes ?? LEASE_TIMES;
    this.#takeOvers = new TakeOvers({
      ...{ gatewayId: setup.gatewayId, bus, logger, log: this.log, index: this.index, runs: this.runs },
      telemetry: this.telemetry,
      cardOf: (modelSha256) => this.models().find(({ sha256 }) => sha256 === modelSha256),
      isOpen: () => this.#open,
      protections: this.protections,
      times: this.#leaseTimes,
    });
  }

  get gatewayId(): string {
    return this.#setup.gatewayId;
  }

  /** Aborted when the streams of this gateway end before their generations do. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Attends to workers, logs and presence until {@link drain} is over.
   *
   * @param sources where workers are, see `watchWorkerAddresses`.
   * @param listening `host:port` of the server.
   */
  start(sources: readonly WorkerSource[], listening: string): void {
    const { signal } = this.#stopped;
    const { logger, retention } = this.#setup;
    this.#address = listening;
    const background = [
      ...sources.map(({ addresses, stage }) => this.workers.run(addresses(signal), signal, stage)),
      this.#advanceAdmission(signal),
      this.dispatcher.run(signal),
      this.index.run(this.log, logger, signal),
      this.runs.hearCancels(signal),
      this.runs.watchers.run(signal),
      this.#liveStates.run(signal),
      this.#takeOvers.run(signal),
      runRetention({ index: this.index, log: this.log, results: this.results, logger }, retention, signal),
      this.#announce(signal),
    ];
    for (const running of background) {
      running.catch((thrown) => {
        if (!signal.aborted) logger.error('a part of the gateway ended', thrown);
      });
    }
  }

  /** Resolves once every stage of some model has a worker; rejects when the signal is aborted. */
  async ready(signal: AbortSignal): Promise<void> {
    while (liveModels(this.workers.links).length === 0) await this.workers.changed(signal);
  }

  /**
   * Takes no new generation, and leaves those that it has to the other
   * gateways; where there is none they may end within `graceMs`. Then ends the
   * streams that are left.
   */
  async drain(graceMs: number): Promise<void> {
    this.#open = false;
    const { presence } = this.#setup.bus;
    await presence.announce(this.#beat()).catch(() => {});
    const isAlone = !this.#otherGateways().some((beat) => this.#goesOnLikeThis(beat));
    await this.runs.drain(isAlone ? graceMs : 0);
    this.#closing.abort();
  }

  #otherGateways(): readonly GatewayBeat[] {
    return this.#setup.bus.presence.list().filter(({ gatewayId }) => gatewayId !== this.gatewayId);
  }

  #goesOnLikeThis({ arithmeticVersion, draining }: GatewayBeat): boolean {
    return arithmeticVersion === this.#arithmeticVersion && draining !== true;
  }

  /** Lets go of workers and Bus. */
  async stop(): Promise<void> {
    this.#closing.abort();
    this.#stopped.abort();
    this.#lag.close();
    await this.#setup.bus.presence.withdraw(this.#setup.gatewayId).catch(() => {});
  }

  /** @throws TesseraError `unavailable` while the gateway is going down. */
  assertOpen(): void {
    if (!this.#open) throw new TesseraError('unavailable', 'the gateway is going down', { reason: 'GOING_DOWN' });
  }

  /** What a request may ask for: models that every stage has served, even if a worker is away just now. */
  models(): readonly ModelCard[] {
    return completeModels(this.workers.links);
  }

  defaultModel(models: readonly ModelCard[]): string {
    return this.#setup.defaultModel ?? models[0]?.name ?? '';
  }

  /** Cancels a generation, unless it has ended, and gives its ending. */
  ended(record: GenerationRecord): Promise<GenerationRecord> {
    return cancelGeneration(this, record);
  }

  /** The gateways there are, this one as of now. */
  async gateways(): Promise<readonly GatewayBeat[]> {
    const { presence } = this.#setup.bus;
    await presence.announce(this.#beat());
    return presence.list();
  }

  async #announce(signal: AbortSignal): Promise<void> {
    const { presence } = this.#setup.bus;
    const { beatMs, renewMs } = this.#leaseTimes;
    let beats = 0;
    const beat = () => {
      if (beats % Math.max(1, Math.round(renewMs / beatMs)) === 0) this.#renewedMs = uptimeMs();
      beats += 1;
      void presence.announce(this.#beat()).catch(() => {});
    };
    beat();
    const timer = setInterval(beat, beatMs).unref();
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  #beat(): GatewayBeat {
    return {
      gatewayId: this.#setup.gatewayId,
      address: this.#address,
      pid: process.pid,
      running: this.admission.running,
      queued: this.admission.queued,
      backlogMs: this.admission.backlogMs,
      backlogs: backlogsOf(this.admission.loads),
      doneMs: this.admission.doneMs,
      refused: this.admission.refusals.count,
      refusalP99Ms: this.admission.refusals.p99Ms(),
      uptimeMs: uptimeMs(),
      renewedMs: this.#renewedMs,
      ...(!this.#open && { draining: true }),
      arithmeticVersion: this.#arithmeticVersion,
      eventLoopLagP99Ms: this.#lag.p99Ms(),
      rssBytes: process.memoryUsage.rss(),
      ledger: this.ledger.counts(),
    };
  }

  async #advanceAdmission(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.workers.changed(signal);
      this.admission.advance();
    }
  }
}

function uptimeMs(): number {
  return process.uptime() * 1000;
}
