import {
  type CompletedImage,
  type Conditionings,
  type EventBody,
  encodePrompts,
  evaluationsFrom,
  evaluationsOfStep,
  type ModelCard,
  type Plan,
  TesseraError,
} from '@tessera/core';
import type { Logger } from '@tessera/runtime';
import { CheckpointKeeper } from '../checkpoints/checkpoint-keeper.js';
import { createRemoteStages, type RemoteStages } from '../stages/remote-stages.js';
import type { GenerationTelemetry } from '../telemetry/generation-telemetry.js';
import type { ImageTelemetry } from '../telemetry/image-telemetry.js';
import { allOrFirstFailure } from './all-or-first-failure.js';
import { baseImageOf, baseUnder, type RemoteBaseImage } from './base-image.js';
import { type Attempt, unfinished } from './begin-attempt.js';
import type { GenerationWriter } from './generation-writer.js';
import { runImage } from './image-run.js';
import { PreviewLane } from './preview-lane.js';
import { previewRenderer, type RenderPreview } from './preview-renderer.js';
import { RemainingWork } from './remaining-work.js';
import type { RunServices } from './run-services.js';
import { StopSignal } from './stop-signal.js';
import { Stopwatch } from './stopwatch.js';

export interface AttemptSetup {
  readonly services: RunServices;
  readonly attempt: Attempt;
  readonly writer: GenerationWriter;
  readonly card: ModelCard;
  readonly told: GenerationTelemetry;
  readonly logger: Logger;
  /** Aborted when the generation stops. */
  readonly signal: AbortSignal;
  /** Aborted when there is no time left to wait for the Bus. */
  readonly patience: AbortSignal;
  /** Milliseconds since the generation was accepted. */
  ageMs(): number;
  /** Tells those who watch now. */
  publish(body: EventBody): void;
}

/** The images of a generation as they are made under one fence, in one arithmetic. It may fail while the generation goes on. */
export class GenerationAttempt {
  readonly #setup: AttemptSetup;
  readonly #stop = new StopSignal();
  readonly #keeper: CheckpointKeeper;
  readonly #stopwatch = new Stopwatch();
  readonly #stages: RemoteStages;
  readonly #base: RemoteBaseImage | undefined;
  readonly #render: RenderPreview | undefined;
  #work: RemainingWork | undefined;
  #stepsMade = 0;

  constructor(setup: AttemptSetup) {
    const { services, attempt, writer, card, told, logger, patience } = setup;
    const { fence, arithmetic } = attempt;
    const { plan, request } = writer.record;
    this.#setup = setup;
    this.#stages = this.#stagesOf(plan);
    this.#base = baseImageOf(writer.record, card, (basePlan) => this.#stagesOf(basePlan));
    this.#keeper = new CheckpointKeeper({
      ...services,
      ...{ writer, fence, arithmetic, patience, logger, told },
      ageMs: () => setup.ageMs(),
    });
    const decode = (latent: Parameters<RemoteStages['decode']>[0]) =>
      this.#stages.under(told).decode(latent, this.#stop.signal);
    this.#render = request.preview && previewRenderer(card, request.preview, decode);
  }

  /** Evaluations that it still needs; `undefined` before it has begun. */
  get remainingEvaluations(): number | undefined {
    return this.#work?.evaluations;
  }

  /** Steps of the image that is furthest. */
  get stepsMade(): number {
    return this.#stepsMade;
  }

  /** Stores what has been made. */
  keepAll(): Promise<void> {
    return this.#keeper.keepAll();
  }

  /**
   * Makes what is not complete yet.
   *
   * @throws TesseraError `unavailable` with reason `CLASS_LOST` when its numeric class is no more; the signal's reason.
   */
  async run(): Promise<readonly CompletedImage[]> {
    const { services, writer, told, signal } = this.#setup;
    const { plan, request, finished } = writer.record;
    const stopWith = () => this.#stop.stop(TesseraError.from(signal.reason));
    signal.addEventListener('abort', stopWith, { once: true });
    if (signal.aborted) stopWith();
    let release = () => {};
    try {
      const conditionings = await told.within('encode', {}, (span) =>
        encodePrompts(request, plan, this.#stages.under(span), this.#stop.signal),
      );
      this.#stopwatch.lap('encode');
      release = services.ledger.take('conditionings', Object.keys(conditionings).length);
      this.#work = new RemainingWork(this.#evaluationsLeft(), performance.now());
      const images = Array.from({ length: plan.count }, async (_, imageIndex) => {
        return finished[imageIndex] ?? (await this.#image(imageIndex, conditionings));
      });
      return await allOrFirstFailure(images, (thrown) => this.#stop.stop(TesseraError.from(thrown)));
    } finally {
      this.#keeper.end();
      signal.removeEventListener('abort', stopWith);
      release();
    }
  }

  async #image(imageIndex: number, conditionings: Conditionings): Promise<CompletedImage> {
    const { services, attempt, writer, patience } = this.#setup;
    const { plan } = writer.record;
    const resumeFrom = attempt.states.get(imageIndex);
    const checkpoints = this.#keeper.begin(imageIndex, resumeFrom);
    const told = this.#setup.told.image(imageIndex);
    const completed = await runImage({
      ...services,
      ...{
        record: writer.record,
        fence: attempt.fence,
        begun: attempt.begun,
        imageIndex,
        conditionings,
        told,
        resumeFrom,
        checkpoints,
      },
      stages: this.#stages.under(told),
      base: baseUnder(this.#base, told),
      stopwatch: this.#stopwatch.fork(),
      previews: this.#render && this.#previewLane(imageIndex, this.#render, told),
      signal: this.#stop.signal,
      decodeSignal: this.#stop.heardIf(services.protections.skipsDecode),
      results: services.results.waiting(patience),
      tellRegion: async (y, image) => {
        await writer.event({ type: 'region', imageIndex, x: 0, y, image });
      },
      onStep: (stepIndex, steps) => this.#stepped(imageIndex, stepIndex, steps),
    });
    if (plan.count > 1) {
      const { image, receipt } = completed;
      await writer.event({ type: 'region', imageIndex, x: 0, y: 0, image }, { receipt });
    }
    checkpoints.end();
    this.#setup.told.made(completed.receipt);
    return completed;
  }

  #stepped(imageIndex: number, stepIndex: number, steps: number): void {
    const work = this.#work;
    const { writer, told, signal, publish } = this.#setup;
    const { plan } = writer.record;
    this.#stepsMade = Math.max(this.#stepsMade, stepIndex + 1);
    if (signal.aborted) told.stepAfterStop();
    if (work === undefined) return;
    work.completed(evaluationsOfStep(plan, stepIndex));
    const remainingMs = work.remainingMs(performance.now());
    told.toldEnd(remainingMs, work.evaluations / plan.evaluations);
    publish({ type: 'progress', imageIndex, stepIndex, steps, remainingMs });
  }

  #evaluationsLeft(): number {
    const { attempt, writer } = this.#setup;
    const { record } = writer;
    return unfinished(record)
      .map((imageIndex) => evaluationsFrom(record.plan, attempt.states.get(imageIndex)?.stepIndex ?? 0))
      .reduce((sum, evaluations) => sum + evaluations, 0);
  }

  #stagesOf(plan: Plan): RemoteStages {
    const { services, attempt, writer, card, logger, ageMs } = this.#setup;
    const { generationId, request } = writer.record;
    const { tenant, priority, timeLimitMs } = request;
    const { withdrawsCalls, skipsDecode } = services.protections;
    return createRemoteStages({
      ...services,
      ...{ card, plan, logger, generationId, tenant, priority },
      numericClass: attempt.arithmetic.numericClass,
      weight: services.tenants.weightOf(tenant),
      timeLeftMs: () => timeLimitMs && timeLimitMs - ageMs(),
      signal: this.#stop.heardIf(withdrawsCalls),
      decodeSignal: this.#stop.heardIf(skipsDecode),
    });
  }

  #previewLane(imageIndex: number, render: RenderPreview, told: ImageTelemetry): PreviewLane {
    const { services, writer, logger, publish } = this.#setup;
    const { width, height } = writer.record.plan;
    return new PreviewLane({
      render,
      dropped: () => told.previewDropped(),
      publish: (stepIndex, image) => {
        told.previewed();
        publish({ type: 'preview', imageIndex, stepIndex, image, width, height, superseded: 0 });
      },
      failed: (thrown) => logger.warn('could not make a preview', { cause: TesseraError.from(thrown).message }),
      ledger: services.ledger,
      signal: this.#stop.heardIf(services.protections.stopsPreviews),
    });
  }
}
