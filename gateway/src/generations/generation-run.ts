import {
  type CompletedImage,
  durableSequence,
  type EventBody,
  type GenerationRecord,
  type ModelCard,
  TesseraError,
} from '@tessera/core';
import { bytesFromEvent } from '@tessera/proto';
import { type Logger, NO_SPAN, type TraceSpan } from '@tessera/runtime';
import { deleteCheckpoints } from '../checkpoints/checkpoint-keeper.js';
import { CLASS_LOST } from '../stages/call-queue.js';
import { GenerationTelemetry } from '../telemetry/generation-telemetry.js';
import { type Attempt, beginAttempt } from './begin-attempt.js';
import { GenerationAttempt } from './generation-attempt.js';
import { FENCED, GenerationWriter } from './generation-writer.js';
import type { RunServices } from './run-services.js';
import { StopSignal } from './stop-signal.js';
import { eventsSubject } from './subjects.js';

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
  #attempt: GenerationAttempt | undefined;
  #furthestStep = 0;

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
    return this.#attempt?.remainingEvaluations ?? this.record.plan.evaluations;
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
        return await this.#runAttempt(attempt);
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

  async #runAttempt(attempt: Attempt): Promise<readonly CompletedImage[]> {
    this.#attempt = new GenerationAttempt({
      ...{ services: this.#services, attempt, writer: this.#writer, card: this.#card, told: this.#told },
      ...{ logger: this.#logger, signal: this.signal, patience: this.#patience.signal },
      ageMs: () => this.#ageMs(),
      publish: (body) => this.#publish(body),
    });
    try {
      return await this.#attempt.run();
    } finally {
      this.#furthestStep = Math.max(this.#furthestStep, this.#attempt.stepsMade);
    }
  }

  #ageMs(): number {
    return performance.now() - this.#acceptedMs;
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
    await this.#attempt?.keepAll();
    await this.#writer.append({ type: 'release', ageMs: this.#ageMs() });
    this.#logger.info('left a generation to another gateway', { fence: this.record.lease?.fence });
  }
}
