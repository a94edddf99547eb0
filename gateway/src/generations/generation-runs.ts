import { type GenerationRecord, type Lease, type ModelCard, TesseraError } from '@tessera/core';
import type { TraceSpan } from '@tessera/runtime';
import type { Candidate } from '../admission/place.js';
import { type Work, workOf } from '../admission/work.js';
import type { Admission } from '../admission.js';
import { LEFT } from '../telemetry/generation-telemetry.js';
import { foreseeGeneration } from './foresee-generation.js';
import { GenerationRun } from './generation-run.js';
import { fenced } from './generation-writer.js';
import type { RunServices } from './run-services.js';
import { cancelSubject, generationOf } from './subjects.js';
import { Watchers, type WatchTimes } from './watchers.js';

/** The generations that this gateway runs or has waiting. */
export class GenerationRuns {
  readonly #services: RunServices;
  readonly #admission: Admission;
  readonly #runs = new Map<string, { readonly run: GenerationRun; readonly ended: Promise<void> }>();
  readonly watchers: Watchers;
  #givenUp = false;

  constructor(services: RunServices, admission: Admission, times: WatchTimes) {
    this.#services = services;
    this.#admission = admission;
    this.watchers = new Watchers({
      ...services,
      times,
      abandoned: (generationId) => this.cancel(generationId, 'nobody watches the generation any more', LEFT),
    });
  }

  /** @param ageMs milliseconds since it was accepted, of one that another gateway had. */
  start(record: GenerationRecord, card: ModelCard, ageMs = 0, span?: TraceSpan): void {
    const { generationId } = record;
    const run = new GenerationRun(this.#services, record, card, ageMs, span);
    const release = this.#services.ledger.take('generations');
    const ended = this.#attend(run, workOf(record.plan, card), ageMs).finally(() => {
      this.#runs.delete(generationId);
      this.watchers.forget(generationId);
      release();
    });
    this.#runs.set(generationId, { run, ended });
    this.watchers.attend(generationId, record.request.keepForMs);
    if (this.#givenUp) run.giveUp();
  }

  /** It may soon run here: what can be made ready is. */
  foresee(record: GenerationRecord, card: ModelCard): void {
    foreseeGeneration(this.#services, record, card);
  }

  has(generationId: string): boolean {
    return this.#runs.has(generationId);
  }

  /** A generation that runs here and has another holder, by its log, stops at once. */
  heardLease(generationId: string, lease: Lease | undefined): void {
    const run = this.#runs.get(generationId)?.run;
    if (run === undefined || (lease?.fence ?? 0) <= (run.record.lease?.fence ?? 0)) return;
    if (lease?.holder !== this.#services.gatewayId) run.stop(fenced());
  }

  /** The record of a generation that runs or waits here, as of its last entry that is stored. */
  recordOf(generationId: string): GenerationRecord | undefined {
    return this.#runs.get(generationId)?.run.record;
  }

  /** Stops a generation that runs or waits here, at once. @returns whether it does. */
  cancel(generationId: string, why: string, reason?: string): boolean {
    const entry = this.#runs.get(generationId);
    entry?.run.stop(new TesseraError('cancelled', why, reason === undefined ? {} : { reason }));
    return entry !== undefined;
  }

  /** Hears requests to cancel that other gateways took, until the signal is aborted. */
  async hearCancels(signal: AbortSignal): Promise<void> {
    for await (const { subject } of this.#services.live.subscribe(cancelSubject('*'), signal)) {
      this.cancel(generationOf(subject), 'cancelled on request');
    }
  }

  /** Resolves when every generation here has ended. After `graceMs` those left are given up for another gateway. */
  async drain(graceMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#givenUp = true;
      for (const { run } of this.#runs.values()) run.giveUp();
    }, graceMs);
    // One that was being accepted when draining began joins later.
    while (this.#runs.size > 0) await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
    clearTimeout(timer);
  }

  async #attend(run: GenerationRun, work: Work, ageMs: number): Promise<void> {
    let leave = () => {};
    const { tenant, priority, timeLimitMs } = run.record.request;
    const candidate: Candidate = {
      tenant,
      priority,
      ...(timeLimitMs !== undefined && { timeLimitMs: Math.max(0, timeLimitMs - ageMs) }),
      work,
      wasRunning: run.record.state === 'running',
      get remaining() {
        return run.remainingEvaluations / run.record.plan.evaluations;
      },
      onPosition: (position, remainingMs) => run.tellQueued(position, remainingMs),
    };
    const { ledger, protections } = this.#services;
    await run.run(async (signal) => {
      const leaveQueue = ledger.take('queue_entries');
      leave = await this.#admission.enter(candidate, signal).finally(leaveQueue);
      const release = ledger.take('running_places');
      const leaveAdmission = leave;
      leave = () => {
        leaveAdmission();
        release();
      };
    });
    if (protections.releasesPlaces || run.record.state === 'completed') leave();
  }
}
