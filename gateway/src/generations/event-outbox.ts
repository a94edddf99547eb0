import { type DurableEvent, type GenerationEvent, isTerminal, type TransientEvent } from '@tessera/core';
import { PROTECTIONS, type Protections } from '../protections.js';

type Durable = Extract<GenerationEvent, DurableEvent>;
type Transient = Extract<GenerationEvent, TransientEvent>;

/**
 * What waits to be sent on one stream. Durable events all go, in order; of the
 * others the newest wins, in one place for each kind and image. A transient
 * event goes after the durable event whose number it carries and before the
 * next one.
 */
export class EventOutbox {
  readonly #durable: Durable[] = [];
  readonly #transient = new Map<string, Transient>();
  readonly #newestWins: boolean;
  readonly #dropped: () => void;
  #sequence: number;
  #put = 0;
  #wake: () => void = () => {};

  /**
   * @param afterSequence the last durable event that the other side has.
   * @param dropped hears of each preview that a newer one replaced.
   */
  constructor(
    afterSequence: number,
    { newestWins }: Pick<Protections, 'newestWins'> = PROTECTIONS,
    dropped: () => void = () => {},
  ) {
    this.#sequence = afterSequence;
    this.#dropped = dropped;
    this.#newestWins = newestWins;
  }

  put(event: GenerationEvent): void {
    switch (event.type) {
      case 'queued':
        this.#supersede(event.type, event);
        break;
      case 'progress':
      case 'preview':
        this.#supersede(`${event.type} ${event.imageIndex}`, event);
        break;
      default:
        if (event.sequence > this.#sequence) this.#durable.push(event);
    }
    this.#wake();
  }

  /** The next event to send, removed; `undefined` when none may be sent now. */
  take(): GenerationEvent | undefined {
    for (const [place, event] of this.#transient) {
      if (event.sequence > this.#sequence) continue;
      this.#transient.delete(place);
      return event;
    }
    const event = this.#durable.shift();
    if (event !== undefined) this.#sequence = event.sequence;
    // Nothing follows an ending.
    if (event !== undefined && isTerminal(event)) this.#transient.clear();
    return event;
  }

  /** Wakes who waits in {@link changed}. */
  wake(): void {
    this.#wake();
  }

  /** Resolves when something was put in, or on {@link wake}. One waiter at a time. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
  #supersede(place: string, event: Transient): void {
    this.#put += 1;
    const slot = this.#newestWins ? place : `${place} ${this.#put}`;
    if (event.type === 'preview' && this.#transient.has(slot)) this.#dropped();
    this.#transient.set(slot, event);
  }
}
