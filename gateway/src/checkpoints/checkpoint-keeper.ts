import {
  type Arithmetic,
  CHECKPOINTS_KEPT,
  type GenerationRecord,
  type SchedulerState,
  TesseraError,
} from '@tessera/core';
import type { Logger, ObjectStore } from '@tessera/runtime';
import type { GenerationWriter } from '../generations/generation-writer.js';
import type { GenerationTelemetry } from '../telemetry/generation-telemetry.js';
import { encodeCheckpoint } from './checkpoint-codec.js';
import type { CheckpointPacing } from './checkpoint-pacing.js';
import { ImageCheckpoints } from './image-checkpoints.js';
import type { LiveStates } from './live-states.js';

export interface CheckpointKeeperSetup {
  readonly objects: ObjectStore;
  readonly pacing: CheckpointPacing;
  readonly liveStates: LiveStates;
  readonly writer: GenerationWriter;
  readonly fence: number;
  readonly arithmetic: Arithmetic;
  /** Milliseconds since the generation was accepted. */
  readonly ageMs: () => number;
  /** The Bus is waited for until this is aborted. */
  readonly patience: AbortSignal;
  readonly logger: Logger;
  readonly told: Pick<GenerationTelemetry, 'checkpoint'>;
}

/** The checkpoints of a generation while this gateway has its lease. */
export class CheckpointKeeper {
  readonly #setup: CheckpointKeeperSetup;
  readonly #images = new Map<number, ImageCheckpoints>();

  constructor(setup: CheckpointKeeperSetup) {
    this.#setup = setup;
  }

  begin(imageIndex: number, resumedFrom: SchedulerState | undefined): ImageCheckpoints {
    const { pacing, liveStates, writer, logger, told } = this.#setup;
    const { generationId, checkpoints } = writer.record;
    const image = new ImageCheckpoints({
      pacing,
      resumedFrom,
      storedStep: checkpoints[imageIndex]?.[0]?.stepIndex ?? 0,
      teller: liveStates.begin(generationId, imageIndex, (state) => this.#encoded(imageIndex, state)),
      save: (state) => told.checkpoint(imageIndex, state.stepIndex, () => this.#save(imageIndex, state)),
      failed: (thrown) => logger.warn('could not make a checkpoint', { cause: TesseraError.from(thrown).message }),
    });
    this.#images.set(imageIndex, image);
    return image;
  }

  /** Resolves once the newest state of every image is kept. */
  async keepAll(): Promise<void> {
    await Promise.all([...this.#images.values()].map((image) => image.keep()));
  }

  end(): void {
    for (const image of this.#images.values()) image.leave();
  }

  async #save(imageIndex: number, state: SchedulerState): Promise<void> {
    const { objects, writer, fence, patience, ageMs } = this.#setup;
    const { generationId, checkpoints } = writer.record;
    const { stepIndex } = state;
    const object = `${generationId}/${fence}/${imageIndex}.${stepIndex}`;
    const oldest = checkpoints[imageIndex]?.[CHECKPOINTS_KEPT - 1];
    await objects.put(object, this.#encoded(imageIndex, state), { until: patience });
    await writer.append({ type: 'checkpoint', imageIndex, stepIndex, object, ageMs: ageMs() });
    if (oldest !== undefined) void deleteObjects(objects, [oldest.object]);
  }

  #encoded(imageIndex: number, state: SchedulerState): Uint8Array {
    const { writer, arithmetic } = this.#setup;
    const { generationId, plan } = writer.record;
    return encodeCheckpoint({ generationId, imageIndex, modelSha256: plan.modelSha256, state, ...arithmetic });
  }
}

/** An ended generation needs its checkpoints no more. */
export function deleteCheckpoints(objects: ObjectStore, { checkpoints }: GenerationRecord): Promise<void> {
  return deleteObjects(
    objects,
    Object.values(checkpoints).flatMap((ofImage) => ofImage.map(({ object }) => object)),
  );
}

/** What stays, since the Bus is away, goes with its generation. */
async function deleteObjects(objects: ObjectStore, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => objects.delete(name).catch(() => {})));
}
