import type { GenerationEvent } from '@tessera/core';
import { framedEvent } from '@tessera/proto';
import type { LiveChannel } from '@tessera/runtime';
import type { Ledger } from '../ledger.js';
import { eventsSubject, fenceOf } from './subjects.js';

/** Hears the transient events of one generation. Must not wait. */
export interface LiveListener {
  heard(event: GenerationEvent, fence: number): void;
  failed(thrown: unknown): void;
}

const frames = new WeakMap<GenerationEvent, Buffer>();

/** A live event as it is sent on, as long as nothing in it was changed. */
export function frameOfEvent(event: GenerationEvent): Buffer | undefined {
  return frames.get(event);
}

interface Heard {
  readonly listeners: Set<LiveListener>;
  readonly controller: AbortController;
}

/**
 * The live channel, heard once for each generation however many watch it here:
 * an event is read and held once, and all of them share it.
 */
export class LiveEvents {
  readonly #live: LiveChannel;
  readonly #ledger: Ledger;
  readonly #heard = new Map<string, Heard>();

  constructor(live: LiveChannel, ledger: Ledger) {
    this.#live = live;
    this.#ledger = ledger;
  }

  /** Hears what is published from now on. @returns what ends it. */
  listen(generationId: string, listener: LiveListener): () => void {
    const heard = this.#heard.get(generationId) ?? this.#begin(generationId);
    heard.listeners.add(listener);
    return () => {
      heard.listeners.delete(listener);
      if (heard.listeners.size === 0) this.#end(generationId, heard);
    };
  }

  #begin(generationId: string): Heard {
    const heard: Heard = { listeners: new Set(), controller: new AbortController() };
    this.#heard.set(generationId, heard);
    const release = this.#ledger.take('live_subscriptions');
    this.#relay(generationId, heard)
      .catch((thrown) => {
        for (const listener of heard.listeners) listener.failed(thrown);
      })
      .finally(() => {
        release();
        this.#end(generationId, heard);
      });
    return heard;
  }

  async #relay(generationId: string, { listeners, controller }: Heard): Promise<void> {
    const { signal } = controller;
    for await (const { subject, payload } of this.#live.subscribe(eventsSubject(generationId, '*'), signal)) {
      const framed = framedEvent(payload);
      if (framed === undefined) continue;
      frames.set(framed.event, framed.frame);
      for (const listener of listeners) listener.heard(framed.event, fenceOf(subject));
    }
  }

  #end(generationId: string, heard: Heard): void {
    heard.controller.abort();
    if (this.#heard.get(generationId) === heard) this.#heard.delete(generationId);
  }
}
