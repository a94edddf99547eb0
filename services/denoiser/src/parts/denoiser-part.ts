import { type ModelCard, TesseraError } from '@tessera/core';
import type { Executor, PendingRun } from '@tessera/onnx';
import type { ProgramLoad, WorkerProgram } from '@tessera/runtime';
import type { PartCall } from './part-calls.js';
import type { PartNetwork } from './part-network.js';

export interface DenoiserPartSetup {
  readonly executor: Executor;
  readonly numericClass: string;
  readonly networks: readonly PartNetwork[];
}

interface AtExecutor {
  /** At least 1. */
  readonly evaluations: number;
  readonly forecastMs: number | undefined;
}

/** One further part of the denoiser of every model: runs one after the other, as they come. */
export class DenoiserPart implements WorkerProgram {
  readonly models: readonly ModelCard[];
  readonly device: string;
  readonly numericClass: string;
  readonly threads: number;
  readonly evaluationCosts = [];
  readonly failed: Promise<Error>;
  readonly #executor: Executor;
  readonly #networks: readonly PartNetwork[];
  /** In the order in which they run. */
  readonly #runs = new Set<AtExecutor>();
  #draining = false;

  constructor({ executor, numericClass, networks }: DenoiserPartSetup) {
    this.models = networks.map(({ card }) => card);
    this.device = executor.device;
    this.numericClass = numericClass;
    this.threads = executor.threads;
    this.failed = executor.failed;
    this.#executor = executor;
    this.#networks = networks;
  }

  /** @throws TesseraError not_found, failed_precondition, invalid_argument; `unavailable` while the worker drains. */
  begin(call: PartCall): PendingRun {
    if (this.#draining) throw new TesseraError('unavailable', 'the worker is going down', { reason: 'GOING_DOWN' });
    const network = this.#networks.find(({ card }) => card.name === call.model);
    if (network === undefined) throw new TesseraError('not_found', `this worker has no part of ${call.model}`);
    const run = { evaluations: Math.max(1, call.evaluations ?? 0), forecastMs: network.forecastMs(call.feeds) };
    const pending = network.begin(call);
    this.#runs.add(run);
    const ended = () => this.#runs.delete(run);
    pending.result.then(ended, ended);
    return pending;
  }

  drain(): void {
    this.#draining = true;
  }

  load(): ProgramLoad {
    const [running, ...waiting] = this.#runs;
    return {
      waiting: waiting.reduce((sum, { evaluations }) => sum + evaluations, 0),
      running: running?.evaluations ?? 0,
      busy: this.#executor.busyShare(),
      forecastMs: running?.forecastMs,
      evaluationsStarted: this.#executor.evaluationsStarted(),
      evaluationsCompleted: this.#executor.evaluationsCompleted(),
    };
  }

  close(): Promise<void> {
    return this.#executor.close();
  }
}
