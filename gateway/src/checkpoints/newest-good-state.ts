import { type Arithmetic, type GenerationRecord, type SchedulerState, TesseraError } from '@tessera/core';
import type { Logger, ObjectStore } from '@tessera/runtime';
import type { Protections } from '../protections.js';
import { type Checkpoint, decodeCheckpoint } from './checkpoint-codec.js';
import type { LiveStates } from './live-states.js';

export interface StateReader {
  readonly objects: ObjectStore;
  readonly liveStates: Pick<LiveStates, 'newest'>;
  readonly protections: Pick<Protections, 'verifiesCheckpoints'>;
  readonly logger: Logger;
}

/**
 * Where an image can go on: the newest of its checkpoints, and of the states
 * that were heard of, that is whole and of this arithmetic. One that is damaged
 * or missing is passed over for the one before.
 *
 * @returns `undefined` when there is none; the image then begins again.
 * @throws TesseraError `unavailable` when the Bus did not come back.
 */
export async function newestGoodState(
  { objects, liveStates, protections, logger }: StateReader,
  { generationId, checkpoints, plan }: GenerationRecord,
  imageIndex: number,
  arithmetic: Arithmetic,
  until: AbortSignal,
): Promise<SchedulerState | undefined> {
  const expected = { generationId, imageIndex, modelSha256: plan.modelSha256, ...arithmetic };
  const stateIn = (bytes: Uint8Array | undefined) => {
    if (bytes === undefined) throw new TesseraError('not_found', 'it is gone');
    const checkpoint = decodeCheckpoint(bytes, protections.verifiesCheckpoints);
    assertOf(checkpoint, expected);
    return checkpoint.state;
  };
  const stored = checkpoints[imageIndex] ?? [];
  const heard = liveStates.newest(generationId, imageIndex);
  if (heard !== undefined) {
    try {
      const state = stateIn(heard);
      if (state.stepIndex >= (stored[0]?.stepIndex ?? 0)) return state;
    } catch (thrown) {
      logger.warn('passed over a state', { image_index: imageIndex, cause: TesseraError.from(thrown).message });
    }
  }
  for (const { object, stepIndex } of stored) {
    try {
      return stateIn(await objects.get(object, { until }));
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
