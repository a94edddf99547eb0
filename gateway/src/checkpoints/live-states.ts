import type { SchedulerState } from '@tessera/core';
import { BoundedMap, type LiveChannel, MAX_LIVE_BYTES } from '@tessera/runtime';
import { generationOf, stateSubject } from '../generations/subjects.js';
import { CheckpointPacing } from './checkpoint-pacing.js';

export interface LiveStatesSetup {
  readonly live: LiveChannel;
  /** Whether any other gateway would hear of them. */
  readonly isHeard: () => boolean;
  /** Whether a generation is known, and has not ended. */
  readonly isOpen: (generationId: string) => boolean;
  readonly runsHere: (generationId: string) => boolean;
  readonly pacing?: CheckpointPacing | undefined;
}

/** Tells the newest state of one image in the making. */
export interface StateTeller {
  /** Never waits. */
  reached(state: SchedulerState): void;
  leave(): void;
}

/** Of the time of a gateway, at most. */
const MOST_SHARE = 0.02;
/** Until one was told. */
const FIRST_TELLING_MS = 0.5;
/** Of other gateways' states, kept here. */
const MOST_BYTES = 64 * 1024 * 1024;
const FORGET_EVERY_MS = 5_000;

/**
 * The newest state of every image that other gateways have in the making, as
 * they tell it on the live channel: a gateway that takes one over goes on from
 * there, and repeats no step that it heard of. Nothing depends on any of it:
 * what was not heard is made again from the last checkpoint, and gives the same bits.
 */
export class LiveStates {
  readonly #setup: LiveStatesSetup;
  readonly #pacing: CheckpointPacing;
  /** By subject. */
  readonly #heard = new BoundedMap<Uint8Array>(MOST_BYTES, ({ length }) => length);

  constructor(setup: LiveStatesSetup) {
    this.#setup = setup;
    this.#pacing = setup.pacing ?? new CheckpointPacing(MOST_SHARE, FIRST_TELLING_MS);
  }

  /** @param encode gives a state as a checkpoint's bytes. */
  begin(generationId: string, imageIndex: number, encode: (state: SchedulerState) => Uint8Array): StateTeller {
    const leave = this.#pacing.enter();
    const subject = stateSubject(generationId, imageIndex);
    let toldAtMs = Number.NEGATIVE_INFINITY;
    return {
      leave,
      reached: (state) => {
        // It would be encoded for nothing.
        if (state.sample.data.byteLength > MAX_LIVE_BYTES) return;
        const beganMs = performance.now();
        if (beganMs - toldAtMs < this.#pacing.intervalMs || !this.#setup.isHeard()) return;
        toldAtMs = beganMs;
        this.#tell(subject, encode(state));
        this.#pacing.saved(performance.now() - beganMs);
      },
    };
  }

  /** The bytes of the newest state that was heard of. */
  newest(generationId: string, imageIndex: number): Uint8Array | undefined {
    return this.#heard.get(stateSubject(generationId, imageIndex));
  }

  /** Hears the other gateways until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const timer = setInterval(() => this.#forgetEnded(), FORGET_EVERY_MS).unref();
    try {
      for await (const { subject, payload } of this.#setup.live.subscribe(stateSubject('*', '*'), signal)) {
        this.#hear(subject, payload);
      }
    } finally {
      clearInterval(timer);
    }
  }

  #tell(subject: string, bytes: Uint8Array): void {
    if (bytes.length > MAX_LIVE_BYTES) return;
    try {
      this.#setup.live.publish(subject, bytes);
    } catch {
      // The Bus is away, and what is not heard now is worth nothing later.
    }
  }

  #hear(subject: string, bytes: Uint8Array): void {
    const { isOpen, runsHere } = this.#setup;
    const generationId = generationOf(subject);
    if (!isOpen(generationId) || runsHere(generationId)) return;
    this.#heard.put(subject, bytes);
  }

  #forgetEnded(): void {
    for (const subject of this.#heard.keys()) {
      if (!this.#setup.isOpen(generationOf(subject))) this.#heard.delete(subject);
    }
  }
}
