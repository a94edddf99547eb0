import type { Image, Tensor } from '@tessera/core';
import type { Ledger } from '../ledger.js';
import type { RenderPreview } from './preview-renderer.js';

export interface PreviewLaneSetup {
  readonly render: RenderPreview;
  readonly publish: (stepIndex: number, image: Image) => void;
  /** A newer estimate took the place of one before anything was made of that. */
  readonly dropped?: () => void;
  readonly failed: (thrown: unknown) => void;
  readonly ledger: Ledger;
  /** Nothing is made or published once it is aborted. */
  readonly signal: AbortSignal;
}

interface Slot {
  readonly stepIndex: number;
  readonly denoised: Tensor;
  readonly release: () => void;
}

/**
 * Makes the previews of one image beside its denoising, which never waits for
 * it: while one preview is made, the newest estimate takes the only waiting
 * place.
 */
export class PreviewLane {
  readonly #setup: PreviewLaneSetup;
  #waiting: Slot | undefined;
  #making: Promise<void> | undefined;

  constructor(setup: PreviewLaneSetup) {
    this.#setup = setup;
  }

  /** Never waits. */
  offer(stepIndex: number, denoised: Tensor): void {
    if (this.#setup.signal.aborted) return;
    if (this.#waiting !== undefined) this.#setup.dropped?.();
    this.#waiting?.release();
    this.#waiting = { stepIndex, denoised, release: this.#setup.ledger.take('preview_slots') };
    this.#making ??= this.#makeAll();
  }

  /** Resolves when every preview that was not superseded has been published. */
  async settled(): Promise<void> {
    await this.#making;
  }

  async #makeAll(): Promise<void> {
    for (let slot = this.#next(); slot !== undefined; slot = this.#next()) await this.#make(slot);
    this.#making = undefined;
  }

  #next(): Slot | undefined {
    const slot = this.#waiting;
    this.#waiting = undefined;
    return slot;
  }

  async #make({ stepIndex, denoised, release }: Slot): Promise<void> {
    const { signal, render, publish, failed } = this.#setup;
    try {
      if (signal.aborted) return;
      const image = await render(denoised);
      if (!signal.aborted) publish(stepIndex, image);
    } catch (thrown) {
      if (!signal.aborted) failed(thrown);
    } finally {
      release();
    }
  }
}
