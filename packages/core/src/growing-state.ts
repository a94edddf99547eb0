import type { ModelInput, Scheduler, SchedulerState, SchedulerStep } from './schedulers/scheduler.js';
import type { Tensor } from './tensor/tensor.js';
import { type CanvasRows, putRows, rowsOf } from './windows/canvas-rows.js';

/** The state before a step, while the step before it still makes parts of it. */
export class GrowingState {
  readonly #scheduler: Scheduler;
  readonly #shape: readonly number[];
  readonly #there: Uint8Array;
  #missing: number;
  #state: SchedulerState | undefined;
  #denoised: Tensor | undefined;
  #input: ModelInput | undefined;

  /** @param shape of its sample, [channels, height, width]. */
  constructor(scheduler: Scheduler, shape: readonly number[]) {
    const height = shape[1] as number;
    this.#scheduler = scheduler;
    this.#shape = shape;
    this.#there = new Uint8Array(height);
    this.#missing = height;
  }

  /** One that is whole. */
  static of(scheduler: Scheduler, state: SchedulerState): GrowingState {
    const whole = new GrowingState(scheduler, state.sample.shape);
    whole.put({ y: 0, height: state.sample.shape[1] as number }, state);
    return whole;
  }

  /** Whether all of a run of rows is there; beyond the last row it goes on at the first. */
  has({ y, height }: CanvasRows): boolean {
    const rows = this.#there.length;
    for (let i = 0; i < height; i++) if (this.#there[(y + i) % rows] === 0) return false;
    return true;
  }

  /** What the network is asked; of rows that are not there it holds nothing yet. */
  get input(): ModelInput {
    if (this.#input === undefined) throw new RangeError('nothing of the state is there, or its trajectory has ended');
    return this.#input;
  }

  /** Rows that are there, as a state of their own. */
  rows(rows: CanvasRows): SchedulerState {
    if (this.#state === undefined || !this.has(rows)) throw new RangeError(`rows from ${rows.y} on are not there`);
    const { stepIndex, sample, history } = this.#state;
    return { stepIndex, sample: rowsOf(sample, rows), history: history.map((tensor) => rowsOf(tensor, rows)) };
  }

  /**
   * @param state of those rows alone.
   * @param denoised from which the step before was made.
   */
  put(rows: CanvasRows, state: SchedulerState, denoised?: Tensor): void {
    const ended = state.stepIndex >= this.#scheduler.timesteps.length;
    const input = ended ? undefined : this.#scheduler.modelInput(state);
    if (rows.height === this.#there.length) {
      this.#state = state;
      this.#denoised = denoised;
      this.#input = input;
    } else {
      this.#putPart(rows, state, input, denoised);
    }
    this.#there.fill(1, rows.y, rows.y + rows.height);
    this.#missing -= rows.height;
  }

  /** The whole state, and what it was made from. @throws RangeError while rows are missing. */
  step(): SchedulerStep {
    if (this.#missing > 0 || this.#state === undefined || this.#denoised === undefined) {
      throw new RangeError(`${this.#missing} rows are missing`);
    }
    return { state: this.#state, denoised: this.#denoised };
  }

  #putPart(rows: CanvasRows, state: SchedulerState, input: ModelInput | undefined, denoised: Tensor | undefined): void {
    const empty = (): Tensor => ({ shape: this.#shape, data: new Float32Array(this.#there.length * this.#rowLength) });
    const { stepIndex, sample, history } = state;
    this.#state ??= { stepIndex, sample: empty(), history: history.map(empty) };
    putRows(this.#state.sample, rows, sample);
    for (const [i, tensor] of history.entries()) putRows(this.#state.history[i] as Tensor, rows, tensor);
    if (denoised !== undefined) {
      this.#denoised ??= empty();
      putRows(this.#denoised, rows, denoised);
    }
    if (input === undefined) return;
    // Where the network is asked about the sample as it is, that is not held twice.
    const latent = input.latent === sample ? this.#state.sample : (this.#input?.latent ?? empty());
    if (latent !== this.#state.sample) putRows(latent, rows, input.latent);
    this.#input = { timestep: input.timestep, latent };
  }

  /** Values of one row, all channels. */
  get #rowLength(): number {
    const [channels, , width] = this.#shape as readonly [number, number, number];
    return channels * width;
  }
}
