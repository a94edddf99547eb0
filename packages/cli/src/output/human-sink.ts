import type { GenerationEvent } from '@tessera/core';
import type { EventSink } from './event-sink.js';
import type { GenerationImages } from './generation-images.js';
import { progressLine, readableMs, StepRate } from './progress-line.js';
import type { TerminalDisplay } from './terminal-display.js';
import { writeOut } from './write-out.js';

/** The files' names on stdout; progress and previews on the terminal, when there is one. */
export class HumanSink implements EventSink {
  readonly #images: GenerationImages;
  readonly #display: TerminalDisplay | undefined;
  readonly #rate = new StepRate();
  #count = 1;

  constructor(images: GenerationImages, display: TerminalDisplay | undefined) {
    this.#images = images;
    this.#display = display;
  }

  async event(event: GenerationEvent): Promise<undefined> {
    switch (event.type) {
      case 'accepted':
        this.#count = event.plan.count;
        await this.#images.accepted(event);
        break;
      case 'queued':
        this.#display?.showLine(`waiting, position ${event.position}, about ${readableMs(event.remainingMs)} left`);
        break;
      case 'progress': {
        const now = performance.now();
        this.#rate.tick(now);
        this.#display?.showLine(progressLine(event, this.#count, this.#rate.perSecond(now)));
        break;
      }
      case 'preview': {
        const { bytes } = await this.#images.preview(event);
        await this.#display?.showImage(bytes);
        break;
      }
      case 'region':
        await this.#images.region(event);
        break;
      case 'restarted':
        this.#display?.showLine(`going on from step ${event.stepIndex}: ${event.reason}`);
        break;
      case 'completed':
        await this.#completed(event);
    }
    return undefined;
  }

  async #completed(event: Extract<GenerationEvent, { type: 'completed' }>): Promise<void> {
    const { first, written } = await this.#images.completed(event);
    const shown = this.#display && (await first());
    if (shown !== undefined) await this.#display?.showImage(shown);
    this.#display?.close();
    for (const path of written.values()) await writeOut(`${path}\n`);
  }

  close(): void {
    this.#images.close();
    this.#display?.close();
  }
}
