import type { Forecast } from '@tessera/onnx';
import type { CallPart } from './call-part.js';
import type { Evaluation, EvaluationNetwork, NetworkRun, PendingNetworkRun } from './evaluation.js';
import type { NextRun } from './next-run.js';
import { type OnRan, runRecord } from './run-record.js';

/** The parts of calls that share one run, handed to the executor. */
export class BatchRun {
  readonly parts: readonly CallPart[];
  readonly rows: number;
  /** How long it should take; `undefined` when nothing is known of its network. */
  readonly forecast: Forecast | undefined;
  /** Resolves when it has ended in whatever way, and every call that it completed has its result. */
  readonly ended: Promise<void>;
  /** Resolves when the next run may begin; where that is before the end, `frees` is true. */
  readonly freed: Promise<void>;
  readonly frees: boolean;
  readonly #virtualTime: number;
  readonly #network: EvaluationNetwork;
  readonly #cells: number;
  readonly #drop: () => boolean;
  #takenBack = false;

  /** Hands it over. It has at least one part. @param onRan hears of it once it has run. */
  constructor({ parts, rest }: NextRun, onRan: OnRan) {
    const evaluations = parts.flatMap(({ rows }) => rows.map(({ evaluation }) => evaluation));
    const [first] = evaluations;
    if (first === undefined) throw new RangeError('a run of nothing');
    const [, height = 1, width = 1] = first.latent.shape;
    this.#virtualTime = rest.virtualTime;
    this.parts = parts;
    this.rows = evaluations.length;
    this.#cells = height * width;
    this.#network = first.network;
    this.forecast = this.#network.forecast.of({ rows: this.rows, cells: this.#cells });
    const wanted = () => parts.some(({ call }) => !call.settled);
    const { result, drop, freed } = begin(this.#network, evaluations, wanted);
    this.#drop = drop;
    this.ended = result.then(
      (ran) => {
        onRan(runRecord(parts, ran));
        this.#answer(ran);
      },
      (thrown) => this.#fail(thrown),
    );
    this.frees = freed !== undefined;
    this.freed = freed ?? this.ended;
  }

  /** @returns whether it was stopped before it began: its parts are then free to run in another. */
  takeBack(): boolean {
    this.#takenBack = this.#drop();
    return this.#takenBack;
  }

  #answer({ predictions, runMs }: NetworkRun): void {
    this.#network.forecast.ran({ rows: this.rows, cells: this.#cells }, runMs);
    const ran = { runMs, batchSize: this.rows, virtualTime: this.#virtualTime };
    let row = 0;
    for (const { call, rows } of this.parts) {
      call.advance(rows, predictions.slice(row, row + rows.length), ran);
      row += rows.length;
    }
  }

  #fail(thrown: unknown): void {
    if (this.#takenBack) return;
    for (const { call } of this.parts) call.fail(thrown);
  }
}

/** A run that cannot be begun fails as one that ends badly: its calls hear of it, and the others go on. */
function begin(
  network: EvaluationNetwork,
  evaluations: readonly Evaluation[],
  wanted: () => boolean,
): PendingNetworkRun {
  try {
    return network.begin(evaluations, wanted);
  } catch (thrown) {
    return { result: Promise.reject(thrown), drop: () => false };
  }
}
