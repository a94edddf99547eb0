import { type ModelCard, TesseraError } from '@tessera/core';
import { dearestCosts, type EvaluationCost, type Executor } from '@tessera/onnx';
import type { ProgramLoad, WorkerProgram } from '@tessera/runtime';
import type { DenoiserNetwork } from './denoiser-network.js';
import type { DenoiserCall, DenoiserResult } from './evaluation.js';
import { PROTECTIONS, type Protections } from './protections.js';
import { RunLoop } from './run-loop.js';
import type { OnRan } from './run-record.js';

export interface DenoiserParts {
  readonly executor: Executor;
  readonly numericClass: string;
  readonly networks: readonly DenoiserNetwork[];
  /** Hears of every run. */
  readonly onRan?: OnRan;
  /** For tests, which show what each of them holds. */
  readonly protections?: Partial<Protections>;
}

/** Evaluations of every gateway, on the executor of this process. */
export class Denoiser implements WorkerProgram {
  readonly models: readonly ModelCard[];
  readonly device: string;
  readonly numericClass: string;
  readonly threads: number;
  readonly evaluationCosts: readonly EvaluationCost[];
  readonly failed: Promise<Error>;
  readonly #executor: Executor;
  readonly #networks: readonly DenoiserNetwork[];
  readonly #loop: RunLoop;

  constructor({ executor, numericClass, networks, protections, onRan }: DenoiserParts) {
    this.models = networks.map(({ card }) => card);
    this.device = executor.device;
    this.numericClass = numericClass;
    this.threads = executor.threads;
    this.evaluationCosts = dearestCosts(networks.map((network) => network.evaluationCosts));
    this.failed = executor.failed;
    this.#executor = executor;
    this.#networks = networks;
    this.#loop = new RunLoop({ ...PROTECTIONS, ...protections }, onRan);
  }

  /** @throws TesseraError not_found */
  network(model: string): DenoiserNetwork {
    const found = this.#networks.find(({ card }) => card.name === model);
    if (found === undefined)
      throw new TesseraError('not_found', `this worker has no model ${model}`, { field: 'model' });
    return found;
  }

  evaluate(call: DenoiserCall): Promise<DenoiserResult> {
    return this.#loop.submit(call);
  }

  load(): ProgramLoad {
    return {
      waiting: this.#loop.waiting,
      running: this.#loop.running,
      busy: this.#executor.busyShare(),
      forecastMs: this.#loop.forecastMs,
      evaluationsStarted: this.#executor.evaluationsStarted(),
      evaluationsCompleted: this.#executor.evaluationsCompleted(),
    };
  }

  close(): Promise<void> {
    return this.#executor.close();
  }
}
