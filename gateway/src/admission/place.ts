import type { QueuedCall, TesseraError } from '@tessera/core';
import type { PositionNews } from './position-news.js';
import type { Work } from './work.js';

/** A generation that asks to be accepted. */
export interface Applicant {
  readonly tenant: string;
  readonly priority: number;
  readonly timeLimitMs?: number;
  readonly idempotencyKey?: string;
  readonly work: Work;
}

/** A generation that was. */
export interface Candidate extends Applicant {
  /** It ran already, elsewhere, and goes on before those that wait. */
  readonly wasRunning?: boolean;
  /** Share of its evaluations that is still to be made, from 1 to 0. */
  readonly remaining: number;
  /** Where it stands in the queue (1 is next), and how long until it runs; told when that is news. */
  readonly onPosition: (position: number, remainingMs: number) => void;
}

/** Its place in the queue, and afterwards among the running ones; `evaluations` is what all of it costs. */
export interface Place extends QueuedCall {
  readonly candidate: Candidate;
  readonly news: PositionNews;
  readonly start: () => void;
  readonly refuse: (reason: TesseraError) => void;
}

/** Room that is kept for a generation until it takes its place. */
export interface Reserved {
  readonly tenant: string;
  readonly evaluations: number;
  readonly work: Work;
  /** Among the running ones. */
  readonly starts: boolean;
}
