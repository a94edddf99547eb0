import type { Evaluation, EvaluationNetwork, PendingNetworkRun } from '@tessera/denoiser';
import { RunForecast } from '@tessera/onnx';
import { deferred } from '../../support/deferred.js';

interface HandedOver {
  readonly evaluations: readonly Evaluation[];
  state: 'waiting' | 'started' | 'dropped';
  readonly settle: (failure?: Error) => void;
}

/** An executor and a network in one, whose runs begin in turn and end when the test says so. */
export class FakeNetwork implements EvaluationNetwork {
  readonly forecast: RunForecast;
  readonly #rowLimit: number;
  readonly #runs: HandedOver[] = [];
  #handedOver = deferred();

  /** @param costs a table as of a measurement at start, for latents of one cell; none: nothing is known. */
  constructor(rowLimit: number, costs: readonly { readonly batchSize: number; readonly runMs: number }[] = []) {
    this.#rowLimit = rowLimit;
    this.forecast = new RunForecast({ costs, nativeCells: 1 });
  }

  rowLimit(): number {
    return this.#rowLimit;
  }

  begin(evaluations: readonly Evaluation[]): PendingNetworkRun {
    let settle: (failure?: Error) => void = () => {};
    const ended = new Promise<void>((resolve, reject) => {
      settle = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    const run: HandedOver = { evaluations, state: 'waiting', settle };
    this.#runs.push(run);
    this.#startNext();
    this.#handedOver.resolve();
    this.#handedOver = deferred();
    const predictions = evaluations.map(({ latent }) => latent);
    return {
      result: ended.then(() => ({ predictions, startedAtMs: 0, runMs: 5 })),
      drop: () => {
        if (run.state !== 'waiting') return false;
        run.state = 'dropped';
        this.#runs.splice(this.#runs.indexOf(run), 1);
        run.settle(new Error('dropped'));
        return true;
      },
    };
  }

  /** Evaluations by what `evaluation` named them: of the run that has started, and of those that wait behind it. */
  get atExecutor(): readonly string[] {
    return this.#runs.map(({ evaluations }) => namesOf(evaluations));
  }

  /** Resolves when the next run is handed over. */
  get handedOver(): Promise<void> {
    return this.#handedOver.promise;
  }

  /** Ends the run that has started and lets everybody hear of it. @returns what was in it. */
  async end(failure?: Error): Promise<string> {
    const run = this.#runs.shift();
    if (run === undefined) throw new Error('nothing runs');
    this.#startNext();
    run.settle(failure);
    await new Promise(setImmediate);
    return namesOf(run.evaluations);
  }

  #startNext(): void {
    const [first] = this.#runs;
    if (first !== undefined) first.state = 'started';
  }
}

function namesOf(evaluations: readonly Evaluation[]): string {
  return evaluations.map(({ inputs }) => Object.keys(inputs)[0]).join(' ');
}

/** An evaluation of a latent of one cell. */
export function evaluation(network: EvaluationNetwork, name: string, bucket = 'any'): Evaluation {
  const data = Float32Array.of(1);
  return {
    network,
    latent: { shape: [1, 1, 1], data },
    timestep: 0,
    inputs: { [name]: { dtype: 'float32', shape: [1], data } },
    bucket,
  };
}
