import { type DurableEvent, isTerminal, type TerminalEvent } from './events.js';
import type { Plan } from './plan.js';
import type { GenerationRequest } from './request.js';

/**
 * One entry of a generation's append-only log. The record of a generation is
 * the fold of its log; there is no second bookkeeping.
 */
export type LogEntry =
  | {
      readonly type: 'accepted';
      readonly request: GenerationRequest;
      readonly plan: Plan;
      /** Wall clock, milliseconds: for listing only, never for deciding. */
      readonly createdAtMs: number;
      /** Hash of what the caller asked, to tell a repeated idempotency key from a reused one. */
      readonly requestSha256?: string;
    }
  | { readonly type: 'lease'; readonly holder: string; readonly fence: number }
  | { readonly type: 'checkpoint'; readonly imageIndex: number; readonly stepIndex: number; readonly object: string }
  | { readonly type: 'event'; readonly event: Exclude<DurableEvent, { type: 'accepted' }> };

export type GenerationState = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

export interface GenerationRecord {
  readonly generationId: string;
  /** Sequence of the last entry folded in: what an append must expect. */
  readonly logSequence: number;
  readonly request: GenerationRequest;
  readonly plan: Plan;
  readonly createdAtMs: number;
  readonly requestSha256?: string;
  readonly state: GenerationState;
  readonly lease?: { readonly holder: string; readonly fence: number };
  /** The newest checkpoint of each image. */
  readonly checkpoints: Readonly<Record<number, { readonly stepIndex: number; readonly object: string }>>;
  /** The durable events after `accepted`, in order: event i has sequence i + 2. */
  readonly events: readonly Exclude<DurableEvent, { type: 'accepted' }>[];
  readonly terminal?: TerminalEvent;
}

/**
 * The next record. The first entry must be `accepted`; entries after a
 * terminal event are ignored, so that a late writer cannot change an ending.
 */
export function foldLogEntry(
  record: GenerationRecord | undefined,
  generationId: string,
  logSequence: number,
  entry: LogEntry,
): GenerationRecord {
  if (record === undefined) {
    if (entry.type !== 'accepted') throw new RangeError(`log of ${generationId} begins with ${entry.type}`);
    const { type: _type, ...accepted } = entry;
    return { generationId, logSequence, ...accepted, state: 'queued', checkpoints: {}, events: [] };
  }
  if (record.terminal !== undefined) return { ...record, logSequence };
  switch (entry.type) {
    case 'accepted':
      throw new RangeError(`log of ${generationId} accepts twice`);
    case 'lease':
      return { ...record, logSequence, lease: { holder: entry.holder, fence: entry.fence } };
    case 'checkpoint': {
      const { stepIndex, object } = entry;
      return {
        ...record,
        logSequence,
        checkpoints: { ...record.checkpoints, [entry.imageIndex]: { stepIndex, object } },
      };
    }
    case 'event':
      return foldEvent({ ...record, logSequence, events: [...record.events, entry.event] }, entry.event);
  }
}

function foldEvent(record: GenerationRecord, event: DurableEvent): GenerationRecord {
  if (isTerminal(event)) return { ...record, state: event.type, terminal: event };
  return event.type === 'started' ? { ...record, state: 'running' } : record;
}

/** Sequence of the newest durable event: `accepted` is 1. */
export function durableSequence(record: GenerationRecord): number {
  return record.events.length + 1;
}
