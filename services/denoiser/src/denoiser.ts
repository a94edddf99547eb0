import { setTimeout as delay } from 'node:timers/promises';
import { type ModelCard, TesseraError } from '@tessera/core';
import { dearestCosts, type EvaluationCost, type Executor } from '@tessera/onnx';
import type { ProgramLoad, WorkerProgram } from '@tessera/runtime';
import type { DenoiserNetwork } from './denoiser-network.js';
import type { DenoiserCall, DenoiserResult } from './evaluation.js';
import { PROTECTIONS, type Protections } from './protections.js';
import { RunLoop } from './run-loop.js';
import type { OnRan } from './run-record.js';
import { Solitude } from './solitude.js';

/** For the message that a call begins to leave the process, whatever the call does to it. */
const NOTICE_MS = 5;

export interface DenoiserParts {
  readonly executor: Executor;
  readonly numericClass: string;
  readonly networks: readonly DenoiserNetwork[];
  /** Workers that have further parts of the networks. */
  readonly parts?: readonly DenoiserCompany[];
  /** Hears of every run. */
  readonly onRan?: OnRan;
  readonly onClose?: () => void | Promise<void>;
  /** For tests, which show what each of them holds. */
  readonly protections?: Partial<Protections>;
}

/** A worker without which evaluations do not come to their end. */
export interface DenoiserCompany {
  readonly ready: boolean;
  readonly failed: Promise<Error>;
}

/** Evaluations of every gateway, on the executor of this process. */
export class Denoiser implements WorkerProgram {
  readonly models: readonly ModelCard[];
  readonly device: string;
  readonly numericClass: string;
  readonly threads: number;
  readonly evaluationCosts: readonly EvaluationCost[];
  readonly failed: Promise<Error>;
  readonly runsAtOnce: number;
  readonly #executor: Executor;
  readonly #networks: readonly DenoiserNetwork[];
  readonly #parts: readonly DenoiserCompany[];
  readonly #loop: RunLoop;
  readonly #onClose: () => void | Promise<void>;
  readonly #solitude = new Solitude();
  /** Evaluations of calls that wait for one that is alone, or to be alone. */
  #held = 0;
  #draining = false;

  constructor({ executor, numericClass, networks, parts = [], protections, onRan, onClose = () => {} }: DenoiserParts) {
    this.models = networks.map(({ card }) => card);
    this.device = executor.device;
    this.numericClass = numericClass;
    this.threads = executor.threads;
    this.evaluationCosts = dearestCosts(networks.map((network) => network.evaluationCosts));
    this.failed = Promise.race([executor.failed, ...parts.map(({ failed }) => failed)]);
    this.runsAtOnce = Math.max(1, ...networks.map(({ runsAtOnce }) => runsAtOnce));
    this.#parts = parts;
    this.#executor = executor;
    this.#networks = networks;
    this.#onClose = onClose;
    this.#loop = new RunLoop({ ...PROTECTIONS, ...protections }, onRan);
  }

  /** @throws TesseraError not_found */
  network(model: string): DenoiserNetwork {
    const found = this.#networks.find(({ card }) => card.name === model);
    if (found === undefined)
      throw new TesseraError('not_found', `this worker has no model ${model}`, { field: 'model' });
    return found;
  }

  /** @throws TesseraError `unavailable` while the worker drains; the signal's reason. */
  async evaluate(call: DenoiserCall): Promise<DenoiserResult> {
    const { length } = call.evaluations;
    let held = true;
    this.#held += length;
    const begin = () => {
      if (held) this.#held -= length;
      held = false;
      this.#assertTakes();
      call.signal.throwIfAborted();
    };
    try {
      if (call.order?.alone !== true) {
        return await this.#solitude.together(async () => {
          begin();
          return this.#loop.submit(call);
        });
      }
      return await this.#solitude.alone(async () => {
        begin();
        call.onBegin?.();
        await delay(NOTICE_MS);
        return this.#loop.submit(call);
      });
    } finally {
      if (held) this.#held -= length;
    }
  }

  /** Begins nothing any more: what waits is refused, and may run elsewhere. */
  drain(): void {
    this.#draining = true;
    this.#loop.refuseWaiting(draining());
  }

  #assertTakes(): void {
    if (this.#draining) throw draining();
  }

  load(): ProgramLoad {
    const unfinished = this.#networks.reduce((sum, network) => sum + network.unfinished, 0);
    return {
      waiting: this.#loop.waiting + this.#held,
      running: this.#loop.running,
      busy: this.#executor.busyShare(),
      forecastMs: this.#loop.forecastMs,
      evaluationsStarted: this.#executor.evaluationsStarted(),
      evaluationsCompleted: this.#executor.evaluationsCompleted() - unfinished,
      lacksParts: this.#parts.some(({ ready }) => !ready),
    };
  }

  async close(): Promise<void> {
    await this.#onClose();
    await this.#executor.close();
  }
}

function draining(): TesseraError {
  return new TesseraError('unavailable', 'the worker is going down', { reason: 'GOING_DOWN' });
}
