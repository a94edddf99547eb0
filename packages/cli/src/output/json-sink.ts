import type { GenerationEvent } from '@tessera/core';
import { eventJson, type WrittenImages } from './event-json.js';
import type { EventSink } from './event-sink.js';
import type { GenerationImages } from './generation-images.js';
import { writeJson } from './write-out.js';

/** One line of JSON for each event. */
export class JsonSink implements EventSink {
  readonly #images: GenerationImages;

  constructor(images: GenerationImages) {
    this.#images = images;
  }

  async event(event: GenerationEvent): Promise<undefined> {
    const time = Date.now();
    await writeJson(eventJson(event, time, await this.#write(event)));
    return undefined;
  }

  async #write(event: GenerationEvent): Promise<WrittenImages> {
    if (event.type === 'accepted') await this.#images.accepted(event);
    if (event.type === 'preview') return (await this.#images.preview(event)).written;
    if (event.type === 'region') await this.#images.region(event);
    if (event.type === 'completed') return (await this.#images.completed(event)).written;
    return new Map();
  }

  close(): void {
    this.#images.close();
  }
}
