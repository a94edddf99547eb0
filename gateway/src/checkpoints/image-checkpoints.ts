import type { SchedulerState } from '@tessera/core';
import type { CheckpointPacing } from './checkpoint-pacing.js';
import type { StateTeller } from './live-states.js';

export interface ImageCheckpointsSetup {
  readonly pacing: CheckpointPacing;
  /** Resolves once the log names it. */
  readonly save: (state: SchedulerState) => Promise<void>;
  /** A checkpoint that nobody waits for could not be made. */
  readonly failed: (thrown: unknown) => void;
  readonly resumedFrom: SchedulerState | undefined;
  /** Step of the newest checkpoint, at which or behind which it goes on; 0 without one. */
  readonly storedStep: number;
  readonly teller: StateTeller;
}

/** The checkpoints of one image in the making. Denoising never waits for them; decoding does. */
export class ImageCheckpoints {
  readonly #setup: ImageCheckpointsSetup;
  readonly #leave: () => void;
  #newest: SchedulerState | undefined;
  #savedStep: number;
  #savedAtMs = performance.now();
  #saving: Promise<void> | undefined;

  constructor(setup: ImageCheckpointsSetup) {
    this.#setup = setup;
    this.#leave = setup.pacing.enter();
    // What another gateway told is not stored yet.
    this.#newest = setup.resumedFrom;
    this.#savedStep = Math.min(setup.resumedFrom?.stepIndex ?? 0, setup.storedStep);
  }

  /** Never waits. One is made at a time. */
  reached(state: SchedulerState): void {
    this.#newest = state;
    this.#setup.teller.reached(state);
    if (this.#saving !== undefined || performance.now() - this.#savedAtMs < this.#setup.pacing.intervalMs) return;
    this.#save(state).catch((thrown) => this.#setup.failed(thrown));
  }

  /** Resolves once the newest state is kept. @throws what keeping it threw. */
  async keep(): Promise<void> {
    await this.#saving?.catch(() => {});
    if (this.#newest !== undefined && this.#newest.stepIndex > this.#savedStep) await this.#save(this.#newest);
  }

  /** The image is complete: there is nothing more to keep. */
  end(): void {
    this.leave();
    this.#newest = undefined;
  }

  /** Nothing more is made of the image for now. */
  leave(): void {
    this.#leave();
    this.#setup.teller.leave();
  }

  #save(state: SchedulerState): Promise<void> {
    const beganMs = performance.now();
    const saving = this.#setup.save(state).then(() => {
      this.#savedStep = state.stepIndex;
      this.#savedAtMs = performance.now();
      this.#setup.pacing.saved(this.#savedAtMs - beganMs);
    });
    this.#saving = saving.finally(() => {
      this.#saving = undefined;
    });
    this.#saving.catch(() => {});
    return saving;
  }
}
