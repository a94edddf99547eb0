import { type Arithmetic, type GenerationRecord, type SchedulerState, TesseraError } from '@tessera/core';
import type { Logger, ObjectStore } from '@tessera/runtime';
import type { Protections } from '../protections.js';
import { type Checkpoint, decodeCheckpoint } from './checkpoint-codec.js';

export interface StateReader {
  readonly objects: ObjectStore;
  readonly protections: Pick<Protections, 'verifiesCheckpoints'>;
  readonly logger: Logger;
}

/**
 * Where an image can go on: its newest checkpoint that is whole and of this
 * arithmetic. One that is damaged or missing is passed over for the one before.
 *
 * @returns `undefined` when there is none; the image then begins again.
 * @throws TesseraError `unavailable` when the Bus did not come back.
 */
export async function newestGoodState(
  { objects, protections, logger }: StateReader,
  { generationId, checkpoints, plan }: GenerationRecord,
  imageIndex: number,
  arithmetic: Arithmetic,
  until: AbortSignal,
): Promise<SchedulerState | undefined> {
  for (const { object, stepIndex } of checkpoints[imageIndex] ?? []) {
    try {
      const bytes = await objects.get(object, { until });
      if (bytes === undefined) throw new TesseraError('not_found', 'the object is gone');
      const checkpoint = decodeCheckpoint(bytes, protections.verifiesCheckpoints);
      assertOf(checkpoint, { generationId, imageIndex, modelSha256: plan.modelSha256, ...arithmetic });
      return checkpoint.state;
    } catch (thrown) {
      const { code, message } = TesseraError.from(thrown);
      if (code === 'unavailable' || until.aborted) throw thrown;
      logger.warn('passed over a checkpoint', { image_index: imageIndex, step_index: stepIndex, cause: message });
    }
  }
  return undefined;
}

function assertOf(checkpoint: Checkpoint, expected: Omit<Checkpoint, 'state'>): void {
  for (const [name, value] of Object.entries(expected)) {
    const found = checkpoint[name as keyof typeof expected];
    if (found !== value) throw new TesseraError('failed_precondition', `its ${name} is ${found}, not ${value}`);
  }
}
