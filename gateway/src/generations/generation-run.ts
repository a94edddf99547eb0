import {
  type CompletedImage,
  durableSequence,
  type EventBody,
  encodePrompts,
  evaluationsFrom,
  evaluationsOfStep,
  type GenerationRecord,
  type ModelCard,
  type Plan,
  TesseraError,
} from '@tessera/core';
import { bytesFromEvent } from '@tessera/proto';
import {
  type GenerationLog,
  type LiveChannel,
  type Logger,
  NO_SPAN,
  type ObjectStore,
  type Telemetry,
  type TraceSpan,
} from '@tessera/runtime';
import { CheckpointKeeper, deleteCheckpoints } from '../checkpoints/checkpoint-keeper.js';
import type { CheckpointPacing } from '../checkpoints/checkpoint-pacing.js';
import type { Ledger } from '../ledger.js';
import type { Protections } from '../protections.js';
import { CLASS_LOST } from '../stages/call-queue.js';
import type { ConditioningCache } from '../stages/conditioning-cache.js';
import type { Dispatcher } from '../stages/dispatcher.js';
import { createRemoteStages, type RemoteStages } from '../stages/remote-stages.js';
import { GenerationTelemetry } from '../telemetry/generation-telemetry.js';
import type { ImageTelemetry } from '../telemetry/image-telemetry.js';
import type { Tenants } from '../tenants/tenants.js';
import { allOrFirstFailure } from './all-or-first-failure.js';
import { baseImageOf, baseUnder } from './base-image.js';
import { type Attempt, beginAttempt, unfinished } from './begin-attempt.js';
import { FENCED, GenerationWriter } from './generation-writer.js';
import { runImage } from './image-run.js';
import { PreviewLane } from './preview-lane.js';
import { previewRenderer, type RenderPreview } from './preview-renderer.js';
import { RemainingWork } from './remaining-work.js';
import type { Results } from './results.js';
import { StopSignal } from './stop-signal.js';
import { Stopwatch } from './stopwatch.js';
import { eventsSubject } from './subjects.js';

export interface RunServices {
  readonly gatewayId: string;
  readonly arithmeticVersion: string;
  readonly log: GenerationLog;
  readonly live: LiveChannel;
  readonly objects: ObjectStore;
  readonly pacing: CheckpointPacing;
  readonly results: Results;
  readonly dispatcher: Dispatcher;
  readonly cache: ConditioningCache;
  readonly tenants: Pick<Tenants, 'weightOf'>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly ledger: Ledger;
  readonly protections: Protections;
  /** Aborted when this gateway ends its streams. */
  readonly closing: AbortSignal;
}

/** For the checkpoints and the release of a generation that is given up. */
const HAND_OVER_MS = 2_000;

/** One accepted generation, run by this gateway from the queue, or from where another one left it, to its ending. */
export class GenerationRun {
  readonly #services: RunServices;
  readonly #card: ModelCard;
  readonly #writer: GenerationWriter;
  readonly #stop = new StopSignal();
  readonly #acceptedMs: number;
  /** Aborted when there is no time left to wait for the Bus. */
  readonly #patience = new AbortController();
  readonly #logger: Logger;
  readonly #span: TraceSpan;
  readonly #told: GenerationTelemetry;
  #work: RemainingWork | undefined;
  #furthestStep = 0;
  #keeper: CheckpointKeeper | undefined;

  /**
   * @param ageMs milliseconds since it was accepted.
   * @param span of what happens to it here; it ends with the run.
   */
  constructor(
    services: RunServices,
    record: GenerationRecord,
    card: ModelCard,
    ageMs: number,
    span: TraceSpan = NO_SPAN,
  ) {
    this.#services = services;
    this.#card = card;
    this.#acceptedMs = performance.now() - ageMs;
    this.#writer = new GenerationWriter({
      ...services,
      record,
      patience: this.#patience.signal,
      onFenced: (reason) => this.stop(reason),
    });
    this.#span = span;
    this.#told = new GenerationTelemetry(services.telemetry, span, this.#acceptedMs);
    const traced = span.traceId === undefined ? {} : { trace_id: span.traceId };
    this.#logger = services.logger.child({ generation_id: record.generationId, ...traced });
  }

  get record(): GenerationRecord {
    return this.#writer.record;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Evaluations that it still needs. */
  get remainingEvaluations(): number {
    return this.#work?.evaluations ?? this.record.plan.evaluations;
  }

  /**
   * Stops it: no evaluation starts after this. `cancelled` ends it as
   * cancelled, a reason with `RESUME` leaves it to another gateway as it
   * stands, `FENCED` writes nothing more, any other code fails it.
   */
  stop(reason: TesseraError): void {
    this.#stop.stop(reason);
  }

  /** Leaves it to another gateway, in bounded time even while the Bus is away. */
  giveUp(): void {
    setTimeout(() => this.#patience.abort(), HAND_OVER_MS).unref();
    this.stop(new TesseraError('unavailable', 'the gateway is going down', { reason: 'RESUME' }));
  }

  tellQueued(position: number, remainingMs: number): void {
    if (position > 0) this.#told.toldStart(remainingMs);
    this.#publish({ type: 'queued', position, remainingMs });
  }

  /**
   * Runs it to its ending, which is then in the log. Never rejects.
   *
   * @param admitted resolves when it may use the workers.
   */
  async run(admitted: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { timeLimitMs } = this.record.request;
    const limit = timeLimitMs && setTimeout(() => this.#timeOut(), Math.max(0, timeLimitMs - this.#ageMs()));
    try {
      await this.#told.queued(() => admitted(this.signal));
      const images = await this.#makeImages();
      await this.#writer.event({ type: 'completed', images });
      this.#told.ended('completed');
      this.#logger.info('completed a generation', { ms: Math.round(performance.now() - this.#acceptedMs) });
    } catch (thrown) {
      // At once: storing its ending takes time, in which its other images would go on.
      this.stop(TesseraError.from(thrown));
      await this.#end(thrown);
    } finally {
      clearTimeout(limit);
      // What listens to the signal is let go.
      this.stop(new TesseraError('cancelled', 'the generation has ended'));
      if (this.record.terminal !== undefined) void deleteCheckpoints(this.#services.objects, this.record);
    }
  }

  #timeOut(): void {
    this.stop(new TesseraError('deadline_exceeded', `time_limit of ${this.record.request.timeLimitMs} ms passed`));
  }

  async #makeImages(): Promise<readonly CompletedImage[]> {
    for (let lost = false; ; lost = true) {
      // Whatever was begun under one fence has its names.
      const before = this.record;
      if (lost || before.lease?.holder !== this.#services.gatewayId) await this.#lease();
      try {
        const attempt = await beginAttempt(this.#services, this.#writer, this.signal, this.#patience.signal);
        if (!lost && (before.lease?.fence ?? 1) > 1) this.#told.resumed(before, attempt.states.values());
        return await this.#attempt(attempt);
      } catch (thrown) {
        if (this.signal.aborted || TesseraError.from(thrown).reason !== CLASS_LOST) throw thrown;
      }
    }
  }

  async #lease(): Promise<void> {
    const fence = (this.record.lease?.fence ?? 0) + 1;
    const { traceparent } = this.#span.call ?? {};
    const traced = traceparent === undefined ? {} : { traceparent };
    const holder = this.#services.gatewayId;
    await this.#writer.append({ type: 'lease', holder, fence, ageMs: this.#ageMs(), ...traced });
  }

  async #attempt({ fence, arithmetic, states }: Attempt): Promise<readonly CompletedImage[]> {
    const { ledger, protections } = this.#services;
    const { plan, request, finished } = this.record;
    const { numericClass } = arithmetic;
    // One attempt may end while the generation goes on.
    const stop = new StopSignal();
    const stopWith = () => stop.stop(TesseraError.from(this.signal.reason));
    this.signal.addEventListener('abort', stopWith, { once: true });
    if (this.signal.aborted) stopWith();
    const stopwatch = new Stopwatch();
    const stages = this.#stages(numericClass, stop, plan);
    const base = baseImageOf(this.record, this.#card, (basePlan) => this.#stages(numericClass, stop, basePlan));
    const conditionings = await this.#told.within('encode', {}, (span) =>
      encodePrompts(request, plan, stages.under(span), stop.signal),
    );
    stopwatch.lap('encode');
    const release = ledger.take('conditionings', Object.keys(conditionings).length);
    const left = unfinished(this.record)
      .map((imageIndex) => evaluationsFrom(plan, states.get(imageIndex)?.stepIndex ?? 0))
      .reduce((sum, evaluations) => sum + evaluations, 0);
    const work = new RemainingWork(left, performance.now());
    this.#work = work;
    const keeper = new CheckpointKeeper({
      ...this.#services,
      ...{ writer: this.#writer, fence, arithmetic },
      ageMs: () => this.#ageMs(),
      patience: this.#patience.signal,
      logger: this.#logger,
      told: this.#told,
    });
    this.#keeper = keeper;
    const render =
      request.preview &&
      previewRenderer(this.#card, request.preview, (latent) => stages.under(this.#told).decode(latent, stop.signal));
    const makeImage = async (imageIndex: number) => {
      const made = finished[imageIndex];
      if (made !== undefined) return made;
      const resumeFrom = states.get(imageIndex);
      const checkpoints = keeper.begin(imageIndex, resumeFrom);
      const told = this.#told.image(imageIndex);
      const completed = await runImage({
        ...this.#services,
        record: this.record,
        fence,
        imageIndex,
        conditionings,
        stages: stages.under(told),
        base: baseUnder(base, told),
        told,
        ...{ resumeFrom, checkpoints },
        stopwatch: stopwatch.fork(),
        previews: render && this.#previewLane(imageIndex, render, stop, told),
        signal: stop.signal,
        decodeSignal: stop.heardIf(protections.skipsDecode),
        results: this.#services.results.waiting(this.#patience.signal),
        tellRegion: async (y, image) => {
          await this.#writer.event({ type: 'region', imageIndex, x: 0, y, image });
        },
        onStep: (stepIndex, steps) => {
          work.completed(evaluationsOfStep(plan, stepIndex));
          this.#furthestStep = Math.max(this.#furthestStep, stepIndex + 1);
          const remainingMs = work.remainingMs(performance.now());
          this.#told.toldEnd(remainingMs, work.evaluations / plan.evaluations);
          if (this.signal.aborted) this.#told.stepAfterStop();
          this.#publish({ type: 'progress', imageIndex, stepIndex, steps, remainingMs });
        },
      });
      if (plan.count > 1) {
        const { image, receipt } = completed;
        await this.#writer.event({ type: 'region', imageIndex, x: 0, y: 0, image }, { receipt });
      }
      checkpoints.end();
      this.#told.made(completed.receipt);
      return completed;
    };
    return allOrFirstFailure(
      Array.from({ length: plan.count }, (_, imageIndex) => makeImage(imageIndex)),
      (thrown) => stop.stop(TesseraError.from(thrown)),
    ).finally(() => {
      keeper.end();
      this.signal.removeEventListener('abort', stopWith);
      release();
    });
  }

  #ageMs(): number {
    return performance.now() - this.#acceptedMs;
  }

  #stages(numericClass: string, stop: StopSignal, plan: Plan): RemoteStages {
    const { generationId, request } = this.record;
    const { tenant, priority, timeLimitMs } = request;
    const { withdrawsCalls, skipsDecode } = this.#services.protections;
    return createRemoteStages({
      ...this.#services,
      card: this.#card,
      plan,
      logger: this.#logger,
      numericClass,
      generationId,
      tenant,
      weight: this.#services.tenants.weightOf(tenant),
      priority,
      timeLeftMs: () => timeLimitMs && timeLimitMs - this.#ageMs(),
      signal: stop.heardIf(withdrawsCalls),
      decodeSignal: stop.heardIf(skipsDecode),
    });
  }

  #previewLane(imageIndex: number, render: RenderPreview, stop: StopSignal, told: ImageTelemetry): PreviewLane {
    const { width, height } = this.record.plan;
    return new PreviewLane({
      render,
      dropped: () => told.previewDropped(),
      publish: (stepIndex, image) => {
        told.previewed();
        this.#publish({ type: 'preview', imageIndex, stepIndex, image, width, height, superseded: 0 });
      },
      failed: (thrown) => this.#logger.warn('could not make a preview', { cause: TesseraError.from(thrown).message }),
      ledger: this.#services.ledger,
      signal: stop.heardIf(this.#services.protections.stopsPreviews),
    });
  }

  #publish(body: EventBody): void {
    const { generationId } = this.record;
    const { fence = 0 } = this.record.lease ?? {};
    const event = { generationId, sequence: durableSequence(this.record), ...body };
    try {
      this.#services.live.publish(eventsSubject(generationId, fence), bytesFromEvent(event));
    } catch {
      // The Bus is away, and what is not heard now is worth nothing later.
    }
  }

  async #end(thrown: unknown): Promise<void> {
    const error = this.signal.aborted ? TesseraError.from(this.signal.reason) : TesseraError.from(thrown);
    const { knownAtNs } = this.#stop;
    const stopped = knownAtNs === undefined ? {} : { known_at_ns: String(knownAtNs) };
    try {
      if (error.reason === 'RESUME') {
        await this.#handOver();
        this.#told.ended('handed_over');
        return;
      }
      if (error.reason === FENCED) {
        this.#told.ended('handed_over');
        this.#logger.info('another gateway goes on with a generation', { cause: error.message });
        return;
      }
      this.#told.ended(error.code === 'cancelled' ? 'cancelled' : 'failed', error);
      if (error.code === 'cancelled') {
        await this.#writer.event({ type: 'cancelled', stepIndex: this.#furthestStep });
        this.#logger.info('cancelled a generation', { cause: error.message, ...stopped });
        return;
      }
      this.#logger.error('a generation failed', error, stopped);
      const { code, field, reason } = error;
      const message = code === 'internal' && reason !== 'POISON' ? 'internal error' : error.message;
      const more = { ...(field !== undefined && { field }), ...(reason === 'POISON' && { reason }) };
      await this.#writer.event({ type: 'failed', code, message, ...more });
    } catch (unwritten) {
      this.#logger.error('could not store the ending of a generation', unwritten);
    }
  }

  /** What has been made is kept, and the lease is anybody's. */
  async #handOver(): Promise<void> {
    await this.#keeper?.keepAll();
    await this.#writer.append({ type: 'release', ageMs: this.#ageMs() });
    this.#logger.info('left a generation to another gateway', { fence: this.record.lease?.fence });
  }
}
