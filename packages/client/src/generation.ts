import type { GenerationState, PlanSummary, TerminalEvent } from '@tessera/core';
import { eventFromWire, type Generation__Output, generationStateFromWire, planFromWire } from '@tessera/proto';

/** The record of a generation. */
export interface Generation {
  readonly generationId: string;
  readonly state: GenerationState;
  /** Wall clock of the gateway that accepted it. */
  readonly createdAt: Date;
  readonly prompt: string;
  readonly plan: PlanSummary;
  /** Number of the newest durable event. */
  readonly sequence: number;
  /** How it ended, once it has; images without inline bytes. */
  readonly result?: TerminalEvent;
}

/** @throws RangeError when a part that every record has is missing or unknown. */
export function generationFromWire(wire: Generation__Output | null): Generation {
  const state = wire === null ? undefined : generationStateFromWire(wire.state);
  if (!wire?.plan || state === undefined) throw new RangeError('a generation without plan or state');
  const result = wire.result ? eventFromWire(wire.result) : undefined;
  return {
    generationId: wire.generationId,
    state,
    createdAt: dateFromTimestamp(wire.createTime),
    prompt: wire.prompt,
    plan: planFromWire(wire.plan),
    sequence: Number(wire.sequence),
    ...(result && { result: result as TerminalEvent }),
  };
}

function dateFromTimestamp(timestamp: Generation__Output['createTime']): Date {
  return new Date(Number(timestamp?.seconds ?? 0) * 1000 + (timestamp?.nanos ?? 0) / 1e6);
}
