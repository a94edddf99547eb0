import { setImmediate as turn } from 'node:timers/promises';
import type { Image, Tensor } from '@tessera/core';
import type { RenderPreview } from './preview-renderer.js';

/**
 * Makes the previews of one image beside its denoising, which never waits for
 * it: while one preview is made, the newest estimate takes the only waiting
 * place.
 */
export class PreviewLane {
  readonly #render: RenderPreview;
  readonly #publish: (stepIndex: number, image: Image) => void;
  readonly #failed: (thrown: unknown) => void;
  readonly #signal: AbortSignal;
  #waiting: { readonly stepIndex: number; readonly denoised: Tensor } | undefined;
  #making: Promise<void> | undefined;

  constructor(
    render: RenderPreview,
    publish: (stepIndex: number, image: Image) => void,
    failed: (thrown: unknown) => void,
    signal: AbortSignal,
  ) {
    this.#render = render;
    this.#publish = publish;
    this.#failed = failed;
    this.#signal = signal;
  }

  /** Never waits. */
  offer(stepIndex: number, denoised: Tensor): void {
    this.#waiting = { stepIndex, denoised };
    this.#making ??= this.#makeAll();
  }

  /** Resolves when every preview that was not superseded has been published. */
  async settled(): Promise<void> {
    await this.#making;
  }

  async #makeAll(): Promise<void> {
    // The next evaluation is sent first.
    await turn();
    while (this.#waiting !== undefined && !this.#signal.aborted) {
      const { stepIndex, denoised } = this.#waiting;
      this.#waiting = undefined;
      try {
        this.#publish(stepIndex, await this.#render(denoised));
      } catch (thrown) {
        if (!this.#signal.aborted) this.#failed(thrown);
      }
    }
    this.#making = undefined;
  }
}
