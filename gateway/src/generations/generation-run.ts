import {
  type CompletedImage,
  durableSequence,
  type EventBody,
  encodePrompts,
  type GenerationRecord,
  gatherPixels,
  type ModelCard,
  TesseraError,
} from '@tessera/core';
import { bytesFromEvent } from '@tessera/proto';
import type { GenerationLog, LiveChannel, Logger } from '@tessera/runtime';
import type { Ledger } from '../ledger.js';
import type { Protections } from '../protections.js';
import type { ConditioningCache } from '../stages/conditioning-cache.js';
import type { Dispatcher } from '../stages/dispatcher.js';
import { createRemoteStages, type RemoteStages } from '../stages/remote-stages.js';
import type { Tenants } from '../tenants/tenants.js';
import { allOrFirstFailure } from './all-or-first-failure.js';
import { GenerationWriter } from './generation-writer.js';
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
  readonly results: Results;
  readonly dispatcher: Dispatcher;
  readonly cache: ConditioningCache;
  readonly tenants: Pick<Tenants, 'weightOf'>;
  readonly logger: Logger;
  readonly ledger: Ledger;
  readonly protections: Protections;
  /** Aborted when this gateway ends its streams. */
  readonly closing: AbortSignal;
}

/** One accepted generation, run by this gateway from the queue to its ending. */
export class GenerationRun {
  readonly #services: RunServices;
  readonly #card: ModelCard;
  readonly #writer: GenerationWriter;
  readonly #stop = new StopSignal();
  readonly #acceptedMs = performance.now();
  readonly #logger: Logger;
  #work: RemainingWork | undefined;
  #furthestStep = 0;

  constructor(services: RunServices, record: GenerationRecord, card: ModelCard) {
    this.#services = services;
    this.#card = card;
    this.#writer = new GenerationWriter(services.log, record);
    this.#logger = services.logger.child({ generation_id: record.generationId });
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
   * cancelled, a reason with `RESUME` leaves its log open for another gateway,
   * any other code fails it.
   */
  stop(reason: TesseraError): void {
    this.#stop.stop(reason);
  }

  tellQueued(position: number, remainingMs: number): void {
    this.#publish({ type: 'queued', position, remainingMs });
  }

  /**
   * Runs it to its ending, which is then in the log. Never rejects.
   *
   * @param admitted resolves when it may use the workers.
   */
  async run(admitted: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { timeLimitMs } = this.record.request;
    const limit = timeLimitMs === undefined ? undefined : setTimeout(() => this.#timeOut(), timeLimitMs);
    try {
      await admitted(this.signal);
      const images = await this.#makeImages();
      await this.#writer.event({ type: 'completed', images });
      this.#logger.info('completed a generation', { ms: Math.round(performance.now() - this.#acceptedMs) });
    } catch (thrown) {
      await this.#end(thrown);
    } finally {
      clearTimeout(limit);
      // Whatever is still on its way for an image of a failed generation is not needed.
      this.stop(new TesseraError('cancelled', 'the generation has ended'));
    }
  }

  #timeOut(): void {
    this.stop(new TesseraError('deadline_exceeded', `time_limit of ${this.record.request.timeLimitMs} ms passed`));
  }

  async #makeImages(): Promise<readonly CompletedImage[]> {
    const { gatewayId, dispatcher, ledger, protections } = this.#services;
    const { plan, request } = this.record;
    const fence = (this.record.lease?.fence ?? 0) + 1;
    await this.#writer.append({ type: 'lease', holder: gatewayId, fence });
    await this.#writer.event({ type: 'started' });
    const stopwatch = new Stopwatch();
    const numericClass = await dispatcher.chooseNumericClass(plan.modelSha256, this.signal);
    const stages = this.#stages(numericClass);
    const conditionings = await encodePrompts(request, plan, stages, this.signal);
    stopwatch.lap('encode');
    const release = ledger.take('conditionings', Object.keys(conditionings).length);
    const work = new RemainingWork(plan.evaluations, performance.now());
    this.#work = work;
    const render =
      request.preview &&
      previewRenderer(this.#card, request.preview, (latent) => gatherPixels(stages.decode(latent, this.signal), plan));
    const evaluationsPerStep = plan.evaluations / (plan.count * plan.timesteps.length);
    const makeImage = async (imageIndex: number) => {
      const completed = await runImage({
        ...this.#services,
        record: this.record,
        fence,
        imageIndex,
        conditionings,
        stages,
        stopwatch: stopwatch.fork(),
        previews: render && this.#previewLane(imageIndex, render),
        signal: this.signal,
        decodeSignal: this.#stop.heardIf(protections.skipsDecode),
        onStep: (stepIndex, steps) => {
          work.completed(evaluationsPerStep);
          this.#furthestStep = Math.max(this.#furthestStep, stepIndex + 1);
          const remainingMs = work.remainingMs(performance.now());
          this.#publish({ type: 'progress', imageIndex, stepIndex, steps, remainingMs });
        },
      });
      if (plan.count > 1) {
        await this.#writer.event({ type: 'region', imageIndex, x: 0, y: 0, image: completed.image });
      }
      return completed;
    };
    return allOrFirstFailure(
      Array.from({ length: plan.count }, (_, imageIndex) => makeImage(imageIndex)),
      (thrown) => this.stop(TesseraError.from(thrown)),
    ).finally(release);
  }

  #stages(numericClass: string): RemoteStages {
    const { generationId, plan, request } = this.record;
    const { tenant, priority, timeLimitMs } = request;
    const { withdrawsCalls, skipsDecode } = this.#services.protections;
    return createRemoteStages({
      ...this.#services,
      card: this.#card,
      width: plan.width,
      height: plan.height,
      numericClass,
      windows: plan.windows.length,
      generationId,
      tenant,
      weight: this.#services.tenants.weightOf(tenant),
      priority,
      timeLeftMs: () => timeLimitMs && timeLimitMs - (performance.now() - this.#acceptedMs),
      signal: this.#stop.heardIf(withdrawsCalls),
      decodeSignal: this.#stop.heardIf(skipsDecode),
    });
  }

  #previewLane(imageIndex: number, render: RenderPreview): PreviewLane {
    const { width, height } = this.record.plan;
    return new PreviewLane({
      render,
      publish: (stepIndex, image) => {
        this.#publish({ type: 'preview', imageIndex, stepIndex, image, width, height, superseded: 0 });
      },
      failed: (thrown) => this.#logger.warn('could not make a preview', { cause: TesseraError.from(thrown).message }),
      ledger: this.#services.ledger,
      signal: this.#stop.heardIf(this.#services.protections.stopsPreviews),
    });
  }

  #publish(body: EventBody): void {
    const { generationId } = this.record;
    const event = { generationId, sequence: durableSequence(this.record), ...body };
    this.#services.live.publish(eventsSubject(generationId), bytesFromEvent(event));
  }

  async #end(thrown: unknown): Promise<void> {
    const error = this.signal.aborted ? TesseraError.from(this.signal.reason) : TesseraError.from(thrown);
    const { knownAtNs } = this.#stop;
    const stopped = knownAtNs === undefined ? {} : { known_at_ns: String(knownAtNs) };
    try {
      if (error.reason === 'RESUME') return;
      if (error.code === 'cancelled') {
        await this.#writer.event({ type: 'cancelled', stepIndex: this.#furthestStep });
        this.#logger.info('cancelled a generation', { cause: error.message, ...stopped });
        return;
      }
      this.#logger.error('a generation failed', error, stopped);
      const message = error.code === 'internal' ? 'internal error' : error.message;
      const { code, field } = error;
      await this.#writer.event({ type: 'failed', code, message, ...(field !== undefined && { field }) });
    } catch (unwritten) {
      this.#logger.error('could not store the ending of a generation', unwritten);
    }
  }
}
