import { setImmediate as turn } from 'node:timers/promises';
import {
  type DurableEvent,
  durableSequence,
  type GenerationEvent,
  type GenerationRecord,
  isTerminal,
  type TerminalEvent,
  TesseraError,
} from '@tessera/core';
import { planSummary } from '@tessera/proto';
import type { GenerationLog, Telemetry } from '@tessera/runtime';
import type { Protections } from '../protections.js';
import { EventOutbox } from './event-outbox.js';
import { IdleEvents } from './idle-events.js';
import type { LiveEvents } from './live-events.js';
import { InlineBudget, type Results } from './results.js';
import { StepFilter } from './step-filter.js';

export interface WatchServices {
  readonly log: GenerationLog;
  readonly liveEvents: LiveEvents;
  readonly results: Results;
  readonly protections: Protections;
  readonly telemetry: Telemetry;
  /** Aborted when this gateway ends its streams. */
  readonly closing: AbortSignal;
  /** Something is sent at least this often. */
  readonly heartbeatMs: number;
}

export interface WatchOptions {
  readonly afterStep?: number | undefined;
  readonly previewEverySteps?: number | undefined;
}

/** Clients are promised an event every 15 s; this leaves time for it to travel. */
export const HEARTBEAT_MS = 10_000;

/**
 * One watcher of one generation, wherever it runs: durable events from its log,
 * the others from the live channel, which is heard from construction on.
 */
export class GenerationWatch {
  readonly #services: WatchServices;
  readonly #generationId: string;
  readonly #afterSequence: number;
  readonly #outbox: EventOutbox;
  readonly #done = new AbortController();
  readonly #deafen: () => void;
  #failure: { readonly thrown: unknown } | undefined;
  /** Of the newest lease that is known here: what an earlier holder still says is passed over. */
  #fence = 0;

  /** @param afterSequence the last durable event that the watcher has. */
  constructor(services: WatchServices, generationId: string, afterSequence: number) {
    this.#services = services;
    this.#generationId = generationId;
    this.#afterSequence = afterSequence;
    this.#outbox = new EventOutbox(afterSequence, services.protections, () =>
      services.telemetry.metrics.count('tessera_previews_dropped_total', { where: 'stream' }),
    );
    this.#deafen = services.liveEvents.listen(generationId, {
      heard: (event, fence) => {
        if (fence >= this.#fence) this.#outbox.put(event);
      },
      failed: (thrown) => this.#fail(thrown),
    });
  }

  /**
   * The generation's events, ending after the terminal one.
   *
   * @param signal the watcher left.
   * @throws TesseraError with the failure's code after a `failed` event;
   *   `unavailable` with reason `RESUME` when this gateway goes down first;
   *   `not_found` when the generation is deleted meanwhile.
   */
  async *events(
    record: GenerationRecord,
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    const { closing } = this.#services;
    const { afterStep, previewEverySteps } = options;
    const outbox = this.#outbox;
    const afterSequence = this.#afterSequence;
    this.#fence = record.lease?.fence ?? 0;
    const fromStart = record.state === 'queued';
    const filter = new StepFilter({ plan: record.plan, afterStep, previewEverySteps, fromStart });
    const idle = new IdleEvents(record);
    const wake = () => outbox.wake();
    signal.addEventListener('abort', wake);
    closing.addEventListener('abort', wake);
    try {
      for (const event of durableEvents(record)) outbox.put(event);
      if (record.terminal !== undefined && afterSequence >= durableSequence(record)) return endOf(record.terminal);
      this.#follow(record, outbox).catch((thrown) => this.#fail(thrown));
      let sequence = afterSequence;
      let beatMs = performance.now() + this.#services.heartbeatMs;
      for (;;) {
        if (signal.aborted) return;
        const taken = outbox.take();
        const event = taken && filter.pass(taken);
        if (event !== undefined) {
          sequence = event.sequence;
          idle.saw(event);
          yield await this.#inlined(event);
          beatMs = performance.now() + this.#services.heartbeatMs;
          if (isTerminal(event)) return endOf(event);
        } else if (taken === undefined) {
          if (closing.aborted) {
            if (!(await this.#endsHere())) throw resumeElsewhere(this.#generationId, sequence);
            await turn();
            continue;
          }
          if (this.#failure !== undefined) throw this.#failure.thrown;
          if (performance.now() >= beatMs) {
            beatMs = performance.now() + this.#services.heartbeatMs;
            yield idle.event(this.#generationId, sequence);
          } else await changedWithin(outbox, beatMs - performance.now());
        }
      }
    } finally {
      signal.removeEventListener('abort', wake);
      closing.removeEventListener('abort', wake);
      this.close();
    }
  }

  /** Ends a watch whose events nobody takes. */
  close(): void {
    this.#deafen();
    this.#done.abort();
  }

  async #follow(record: GenerationRecord, outbox: EventOutbox): Promise<void> {
    if (record.terminal !== undefined) return;
    for await (const { entry, record: next } of this.#services.log.follow(record, this.#done.signal)) {
      this.#fence = next.lease?.fence ?? 0;
      if (entry.type !== 'event') continue;
      // Transient events that were published before it are in the live channel.
      if (isTerminal(entry.event)) await turn();
      outbox.put({ generationId: this.#generationId, sequence: durableSequence(next), ...entry.event });
      if (isTerminal(entry.event)) return;
    }
    throw new TesseraError('not_found', `generation ${this.#generationId} was deleted`);
  }

  #fail(thrown: unknown): void {
    this.#failure ??= { thrown };
    this.#outbox.wake();
  }

  /** Whether the ending is stored, and only on its way. */
  async #endsHere(): Promise<boolean> {
    const record = await this.#services.log.read(this.#generationId);
    return record?.terminal !== undefined;
  }

  /** Image bytes are in the object store, not in the log. */
  async #inlined(event: GenerationEvent): Promise<GenerationEvent> {
    const budget = new InlineBudget();
    const { results } = this.#services;
    switch (event.type) {
      case 'region':
        return { ...event, image: await results.inlined(this.#generationId, event.image, budget) };
      case 'completed': {
        const images = [];
        for (const { image, receipt } of event.images) {
          images.push({ image: await results.inlined(this.#generationId, image, budget), receipt });
        }
        return { ...event, images };
      }
      default:
        return event;
    }
  }
}

function durableEvents(record: GenerationRecord): readonly GenerationEvent[] {
  const accepted: DurableEvent = { type: 'accepted', plan: planSummary(record.plan) };
  const { generationId } = record;
  return [accepted, ...record.events].map((event, index) => ({ generationId, sequence: index + 1, ...event }));
}

function endOf(event: TerminalEvent): void {
  if (event.type !== 'failed') return;
  const { code, message, field, reason } = event;
  throw new TesseraError(code, message, {
    ...(field !== undefined && { field }),
    ...(reason !== undefined && { reason }),
  });
}

function resumeElsewhere(generationId: string, sequence: number): TesseraError {
  return new TesseraError('unavailable', 'the gateway is going down; watch the generation on another', {
    reason: 'RESUME',
    reasonMetadata: { generation_id: generationId, sequence: String(sequence) },
  });
}

async function changedWithin(outbox: EventOutbox, ms: number): Promise<void> {
  const timer = setTimeout(() => outbox.wake(), Math.max(0, ms));
  try {
    await outbox.changed();
  } finally {
    clearTimeout(timer);
  }
}
