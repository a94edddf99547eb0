import type { GenerationEvent, GenerationRecord } from '@tessera/core';

/** What is said when nothing happens: where the generation stands in the queue; position 0 is out of it, running. */
export class IdleEvents {
  #position: number;
  #remainingMs = 0;
  #asOfMs = performance.now();

  constructor(record: GenerationRecord) {
    this.#position = record.state === 'queued' ? 1 : 0;
  }

  saw(event: GenerationEvent): void {
    if (event.type === 'queued') this.#position = event.position;
    if (event.type === 'started') this.#position = 0;
    if (event.type !== 'queued' && event.type !== 'progress') return;
    this.#remainingMs = event.remainingMs;
    this.#asOfMs = performance.now();
  }

  event(generationId: string, sequence: number): GenerationEvent {
    const remainingMs = Math.max(0, this.#remainingMs - (performance.now() - this.#asOfMs));
    return { generationId, sequence, type: 'queued', position: this.#position, remainingMs };
  }
}
