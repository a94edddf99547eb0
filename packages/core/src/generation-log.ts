import { type CompletedImage, type DurableEvent, isTerminal, type Receipt, type TerminalEvent } from './events.js';
import type { Plan } from './plan.js';
import type { GenerationRequest } from './request.js';

/**
 * One entry of a generation's append-only log. The record of a generation is
 * the fold of its log; there is no second bookkeeping.
 */
export type LogEntry =
  | ({
      readonly type: 'accepted';
      readonly request: GenerationRequest;
      readonly plan: Plan;
      /** Wall clock, milliseconds: for listing only, never for deciding. */
      readonly createdAtMs: number;
      /** Hash of what the caller asked, to tell a repeated idempotency key from a reused one. */
      readonly requestSha256?: string;
      /** Has the first lease, with fence 1. */
      readonly holder?: string;
    } & Traced)
  /** From here on this gateway runs it. Fences grow. */
  | ({ readonly type: 'lease'; readonly holder: string; readonly fence: number } & Aged & Traced)
  /** Its holder lets go of it: it is anybody's at once. */
  | ({ readonly type: 'release' } & Aged)
  | ({ readonly type: 'checkpoint'; readonly imageIndex: number } & CheckpointName & Aged)
  | {
      readonly type: 'event';
      readonly event: Exclude<DurableEvent, { type: 'accepted' }>;
      /** With `started` and `restarted`: what computes from here on. */
      readonly arithmetic?: Arithmetic;
      /** With the `region` that is a whole image. */
      readonly receipt?: Receipt;
    };

interface Aged {
  /** Milliseconds since it was accepted, as its holders measured them: what has been used up of `time_limit`. */
  readonly ageMs?: number;
}

interface Traced {
  /** W3C Trace Context of the span that its holder has of it. */
  readonly traceparent?: string;
}

/** What must be equal for one gateway to go on where another stopped, with the same bits. */
export interface Arithmetic {
  /** Of the denoisers. */
  readonly numericClass: string;
  /** Of the gateway. */
  readonly arithmeticVersion: string;
}

export interface CheckpointName {
  /** Steps done. */
  readonly stepIndex: number;
  readonly object: string;
}

export interface Lease {
  /** Absent once it was released. */
  readonly holder?: string;
  readonly fence: number;
  /** Of its span, where there is one. */
  readonly traceparent?: string;
}

export type GenerationState = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

export interface GenerationRecord {
  readonly generationId: string;
  /** Sequence of the last entry folded in: what an append must expect. */
  readonly logSequence: number;
  readonly request: GenerationRequest;
  readonly plan: Plan;
  readonly createdAtMs: number;
  readonly requestSha256?: string;
  /** Of the span in which it was accepted: the trace that all of it belongs to. */
  readonly traceparent?: string;
  readonly state: GenerationState;
  readonly lease?: Lease;
  /** Leases since it last came further: one that ends its holders is found by it. */
  readonly fruitlessLeases: number;
  readonly ageMs: number;
  /** What computed what there is so far; absent before it started. */
  readonly arithmetic?: Arithmetic;
  /** The newest {@link CHECKPOINTS_KEPT} of each image, newest first: the second stands in for a damaged first. */
  readonly checkpoints: Readonly<Record<number, readonly CheckpointName[]>>;
  /** Images of several that are complete already. */
  readonly finished: Readonly<Record<number, CompletedImage>>;
  /** The durable events after `accepted`, in order: event i has sequence i + 2. */
  readonly events: readonly Exclude<DurableEvent, { type: 'accepted' }>[];
  readonly terminal?: TerminalEvent;
}

export const CHECKPOINTS_KEPT = 2;

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
    const { type: _type, holder, ...accepted } = entry;
    const lease = holder === undefined ? {} : { lease: { holder, fence: 1, ...tracedBy(entry) } };
    const nothing = { fruitlessLeases: 0, ageMs: 0, checkpoints: {}, finished: {}, events: [] };
    return { generationId, logSequence, ...accepted, ...lease, ...nothing, state: 'queued' };
  }
  if (record.terminal !== undefined) return { ...record, logSequence };
  const next = { ...record, logSequence };
  switch (entry.type) {
    case 'accepted':
      throw new RangeError(`log of ${generationId} accepts twice`);
    case 'lease': {
      const lease = { holder: entry.holder, fence: entry.fence, ...tracedBy(entry) };
      const fruitlessLeases = record.state === 'running' ? record.fruitlessLeases + 1 : 0;
      return { ...next, lease, fruitlessLeases, ageMs: ageOf(record, entry) };
    }
    case 'release':
      return {
        ...next,
        lease: { fence: record.lease?.fence ?? 0, ...tracedBy(record.lease ?? {}) },
        fruitlessLeases: 0,
        ageMs: ageOf(record, entry),
      };
    case 'checkpoint': {
      const { imageIndex, stepIndex, object } = entry;
      const kept = (record.checkpoints[imageIndex] ?? []).slice(0, CHECKPOINTS_KEPT - 1);
      const checkpoints = { ...record.checkpoints, [imageIndex]: [{ stepIndex, object }, ...kept] };
      return { ...next, checkpoints, fruitlessLeases: 0, ageMs: ageOf(record, entry) };
    }
    case 'event': {
      const { event, arithmetic } = entry;
      const known = arithmetic === undefined ? {} : { arithmetic };
      return foldEvent({ ...next, ...known, events: [...record.events, event] }, entry);
    }
  }
}

function foldEvent(
  record: GenerationRecord,
  { event, receipt }: Extract<LogEntry, { type: 'event' }>,
): GenerationRecord {
  if (isTerminal(event)) return { ...record, state: event.type, terminal: event };
  switch (event.type) {
    case 'started':
      return { ...record, state: 'running' };
    case 'restarted':
      return { ...record, checkpoints: { ...record.checkpoints, [event.imageIndex]: [] } };
    case 'region': {
      if (receipt === undefined) return record;
      const finished = { ...record.finished, [event.imageIndex]: { image: event.image, receipt } };
      return { ...record, finished, fruitlessLeases: 0 };
    }
  }
}

function tracedBy({ traceparent }: Traced): Traced {
  return traceparent === undefined ? {} : { traceparent };
}

function ageOf({ ageMs }: GenerationRecord, entry: Aged): number {
  return Math.max(ageMs, entry.ageMs ?? 0);
}

/** Sequence of the newest durable event: `accepted` is 1. */
export function durableSequence(record: GenerationRecord): number {
  return record.events.length + 1;
}
