import type { GenerationEvent } from '@tessera/core';
import { eventJson } from './event-json.js';
import type { EventSink } from './event-sink.js';
import { writeJson, writeOut } from './write-out.js';

/** Tells the id once the generation is accepted, and leaves. */
export class DetachedSink implements EventSink {
  readonly #json: boolean;

  constructor(json: boolean) {
    this.#json = json;
  }

  async event(event: GenerationEvent): Promise<'leave' | undefined> {
    if (event.type !== 'accepted') return undefined;
    if (this.#json) await writeJson(eventJson(event, Date.now(), new Map()));
    else await writeOut(`${event.generationId}\n`);
    return 'leave';
  }

  close(): void {}
}
