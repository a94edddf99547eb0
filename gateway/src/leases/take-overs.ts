import { setTimeout as delay } from 'node:timers/promises';
import { type GenerationRecord, type ModelCard, TesseraError } from '@tessera/core';
import {
  type Bus,
  type GatewayBeat,
  type GenerationLog,
  isLogConflict,
  type Logger,
  type Telemetry,
} from '@tessera/runtime';
import type { GenerationIndex } from '../generations/generation-index.js';
import type { GenerationRuns } from '../generations/generation-runs.js';
import type { Protections } from '../protections.js';
import { resumedSpan } from '../telemetry/generation-telemetry.js';
import { LeaseObserver } from './lease-observer.js';
import type { LeaseTimes } from './lease-times.js';
import { turnOf } from './turn.js';

/** Time may stand still: then the moment that is waited for does not come nearer. */
const SHORTEST_WAIT_MS = 10;

export interface TakeOversSetup {
  readonly gatewayId: string;
  readonly bus: Bus;
  readonly log: GenerationLog;
  readonly index: GenerationIndex;
  readonly runs: GenerationRuns;
  /** Of a model that every stage has served here. */
  readonly cardOf: (modelSha256: string) => ModelCard | undefined;
  /** Whether this gateway takes anything new. */
  readonly isOpen: () => boolean;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly protections: Pick<Protections, 'monotonicLeases'>;
  readonly times: LeaseTimes;
}

/**
 * Takes up generations that nobody runs: accepted or begun by a gateway that
 * was lost or let go of them. And ends what runs here and is another one's now.
 */
export class TakeOvers {
  readonly #setup: TakeOversSetup;
  readonly #observer: LeaseObserver;
  /** Since when each of them is nobody's, in the observer's time. */
  readonly #ownerless = new Map<string, number>();
  /** Held by gateways that are silent, and made ready for. */
  readonly #foreseen = new Map<string, number>();
  /** Since when each of those that should run here does not. */
  readonly #idle = new Map<string, number>();
  readonly #taking = new Set<string>();
  /** Until the next look. */
  #waitMs = 0;

  constructor(setup: TakeOversSetup) {
    this.#setup = setup;
    this.#observer = new LeaseObserver(() => this.#ownMs());
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#setup.index.caughtUp(signal);
    while (!signal.aborted) {
      this.#waitMs = this.#setup.times.checkMs;
      this.#check();
      const waitMs = Math.max(SHORTEST_WAIT_MS, Math.ceil(this.#waitMs));
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #ownMs(): number {
    return this.#setup.protections.monotonicLeases ? this.#setup.bus.connectedMs() : Date.now();
  }

  #check(): void {
    const { index, bus, runs, isOpen } = this.#setup;
    const gateways = bus.presence.list();
    this.#observer.observe(gateways, (gatewayId) => bus.presence.silentMs(gatewayId) ?? 0);
    const nowMs = this.#ownMs();
    const free: GenerationRecord[] = [];
    const holders = new Set(gateways.map(({ gatewayId }) => gatewayId));
    for (const record of index.open) {
      const { generationId, lease } = record;
      if (lease?.holder !== undefined) holders.add(lease.holder);
      runs.heardLease(generationId, lease);
      if (!this.#isHeld(record)) {
        free.push(record);
        continue;
      }
      this.#ownerless.delete(generationId);
      this.#foresee(record, gateways);
    }
    for (const { generationId } of free) {
      if (!this.#ownerless.has(generationId)) this.#ownerless.set(generationId, nowMs);
    }
    keepOnly(this.#ownerless, free);
    keepOnly(this.#idle, index.open);
    keepOnly(this.#foreseen, index.open);
    this.#observer.forgetAllBut(holders);
    if (!isOpen()) return;
    for (const record of free.sort(runningFirst)) {
      if (this.#mayTake(record, gateways, nowMs)) void this.#take(record);
    }
  }

  /** What runs here is held; what should and does not was lost in some way, and is free after the same time. */
  #isHeld({ generationId, lease }: GenerationRecord): boolean {
    const { runs, gatewayId, times } = this.#setup;
    const runsHere = runs.has(generationId) || this.#taking.has(generationId);
    if (runsHere || lease?.holder !== gatewayId) this.#idle.delete(generationId);
    if (runsHere) return true;
    if (lease?.holder === undefined) return false;
    if (lease.holder !== gatewayId) return this.#isAhead(times.expiryMs - this.#observer.silentMs(lease.holder));
    const nowMs = this.#ownMs();
    const sinceMs = this.#idle.get(generationId) ?? nowMs;
    this.#idle.set(generationId, sinceMs);
    return this.#isAhead(sinceMs + times.expiryMs - nowMs);
  }

  /** Whether a moment is still to come; it is then not missed. */
  #isAhead(inMs: number): boolean {
    if (inMs > 0) this.#waitMs = Math.min(this.#waitMs, inMs);
    return inMs > 0;
  }

  /** A holder that did not renew its leases for half of their time may be lost. */
  #foresee(record: GenerationRecord, gateways: readonly GatewayBeat[]): void {
    const { runs, gatewayId, times, cardOf, isOpen } = this.#setup;
    const { generationId, state, lease } = record;
    if (state !== 'running' || lease?.holder === undefined || lease.holder === gatewayId) return;
    if (this.#foreseen.get(generationId) === lease.fence || !isOpen()) return;
    if (this.#observer.silentMs(lease.holder) < times.expiryMs / 2) return;
    const card = cardOf(record.plan.modelSha256);
    if (card === undefined || turnOf(gatewayId, record, gateways, times.expiryMs) !== 0) return;
    this.#foreseen.set(generationId, lease.fence);
    runs.foresee(record, card);
  }

  #mayTake(record: GenerationRecord, gateways: readonly GatewayBeat[], nowMs: number): boolean {
    const { gatewayId, times, cardOf } = this.#setup;
    const turn = turnOf(gatewayId, record, gateways, times.expiryMs);
    if (turn === undefined || cardOf(record.plan.modelSha256) === undefined) return false;
    const sinceMs = this.#ownerless.get(record.generationId) ?? nowMs;
    return !this.#isAhead(sinceMs + turn * times.turnMs - nowMs);
  }

  async #take(record: GenerationRecord): Promise<void> {
    const { log, index, runs, gatewayId, logger, telemetry, cardOf } = this.#setup;
    const { generationId, lease, plan } = record;
    const ageMs = index.ageMs(generationId);
    const fence = (lease?.fence ?? 0) + 1;
    // Told only if this gateway takes it: a span that never ends is not.
    const span = resumedSpan(telemetry, record, fence);
    const traced = span.call === undefined ? {} : { traceparent: span.call.traceparent };
    this.#taking.add(generationId);
    try {
      const taken = await log.append(record, { type: 'lease', holder: gatewayId, fence, ageMs, ...traced });
      const card = cardOf(plan.modelSha256);
      if (card === undefined) return;
      const named = { generation_id: generationId, trace_id: span.traceId };
      logger.info('took a generation over', { ...named, fence, from: lease?.holder });
      runs.start(taken, card, ageMs, span);
    } catch (thrown) {
      // Another one was first, or the Bus is away: the next check sees which.
      if (isLogConflict(thrown)) return;
      logger.warn('could not take a generation over', {
        generation_id: generationId,
        cause: TesseraError.from(thrown).message,
      });
    } finally {
      this.#taking.delete(generationId);
      this.#ownerless.delete(generationId);
    }
  }
}

/** What is known of generations that are not among these is forgotten. */
function keepOnly(known: Map<string, number>, records: readonly GenerationRecord[]): void {
  if (known.size === 0) return;
  const ids = new Set(records.map(({ generationId }) => generationId));
  for (const generationId of known.keys()) if (!ids.has(generationId)) known.delete(generationId);
}

/** Then in the order of acceptance. */
function runningFirst(left: GenerationRecord, right: GenerationRecord): number {
  const running = Number(right.state === 'running') - Number(left.state === 'running');
  return running !== 0 ? running : left.createdAtMs - right.createdAtMs;
}
