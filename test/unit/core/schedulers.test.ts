import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createNoiseStream,
  createScheduler,
  resolveSchedulerConfig,
  SCHEDULER_CLASSES,
  SCHEDULER_NAMES,
  type Scheduler,
  type SchedulerName,
  type SchedulerState,
  type SchedulerStep,
  schedulerConfigValuesFromJson,
  type Tensor,
} from '@tessera/core';
import { float32FromHex, hexFromFloat32, readGolden } from '../../support/goldens.js';

interface Run {
  readonly name: string;
  readonly scheduler: string;
  readonly config: object;
  readonly steps: number;
  readonly seed: number;
  readonly shape: readonly number[];
  readonly step: { readonly eta?: number };
  readonly timesteps: readonly number[];
  readonly states: readonly string[];
}

const { runs } = readGolden<{ runs: readonly Run[] }>('schedulers.json');
const f = Math.fround;

// torch's float32 exp and log are not correctly rounded: 1 ulp here and there, which a run carries on.
const RELATIVE_TOLERANCE: Partial<Record<SchedulerName, number>> = { 'dpmpp-2m': 2e-6 };

/** The analytic network of the goldens. */
function predict({ latent, timestep }: ReturnType<Scheduler['modelInput']>): Tensor {
  const bias = f(timestep * 2 ** -10);
  return { shape: latent.shape, data: latent.data.map((x) => f(0.5 * x) + bias) };
}

function open(run: Run) {
  const name = SCHEDULER_NAMES.find((candidate) => SCHEDULER_CLASSES[candidate] === run.scheduler) as SchedulerName;
  const config = resolveSchedulerConfig(schedulerConfigValuesFromJson(run.config).values, name);
  const scheduler = createScheduler(name, config, run.steps, { eta: run.step.eta ?? 0 });
  const noise = createNoiseStream(run.seed, run.shape);
  const stepFrom = (state: SchedulerState): SchedulerStep => {
    const { stepIndex } = state;
    const drawn = scheduler.drawsNoise(stepIndex) ? noise.at(scheduler.noiseDraw(stepIndex)) : undefined;
    return scheduler.step(state, predict(scheduler.modelInput(state)), drawn);
  };
  return { name, scheduler, stepFrom, initial: () => scheduler.init(noise.at(0)) };
}

function frozenCopy(state: SchedulerState): string {
  return JSON.stringify([
    state.stepIndex,
    hexFromFloat32(state.sample.data),
    state.history.map((t) => hexFromFloat32(t.data)),
  ]);
}

test('there are 31 runs to compare with, of every scheduler', () => {
  assert.equal(runs.length, 31);
  assert.deepEqual(new Set(runs.map(({ scheduler }) => scheduler)), new Set(Object.values(SCHEDULER_CLASSES)));
});

for (const run of runs) {
  const { name, scheduler, stepFrom, initial } = open(run);

  test(`${run.name}: every state equals diffusers`, () => {
    assert.deepEqual(scheduler.timesteps, run.timesteps);
    let state = initial();
    for (const [i, expected] of run.states.entries()) {
      if (i > 0) state = stepFrom(state).state;
      assert.equal(state.stepIndex, i);
      assertSame(state.sample.data, expected, RELATIVE_TOLERANCE[name] ?? 0, `state ${i}`);
    }
  });

  test(`${run.name}: steps are pure, finite and end`, () => {
    let state = initial();
    for (let i = 0; i < scheduler.timesteps.length; i++) {
      const before = frozenCopy(state);
      const { state: next, denoised } = stepFrom(state);
      assert.equal(frozenCopy(state), before, `step ${i} wrote to its input`);
      assert.equal(frozenCopy(stepFrom(state).state), frozenCopy(next), `step ${i} is not a function of its input`);
      assert.ok(next.sample.data.every(Number.isFinite), `state ${i}`);
      assert.ok(denoised.data.every(Number.isFinite), `denoised ${i}`);
      assert.deepEqual(denoised.shape, run.shape);
      state = next;
    }
    assert.throws(() => scheduler.modelInput(state), RangeError);
    assert.throws(() => scheduler.step(state, state.sample, state.sample), RangeError);
  });

  test(`${run.name}: a state taken from storage continues to the same bits`, () => {
    const states = [initial()];
    for (let i = 0; i < scheduler.timesteps.length; i++) states.push(stepFrom(states[i] as SchedulerState).state);
    const end = frozenCopy(states.at(-1) as SchedulerState);
    for (const state of states) {
      const elsewhere = open(run);
      let resumed = structuredClone(state);
      while (resumed.stepIndex < scheduler.timesteps.length) resumed = elsewhere.stepFrom(resumed).state;
      assert.equal(frozenCopy(resumed), end, `from step ${state.stepIndex}`);
    }
  });

  test(`${run.name}: arguments that do not fit are refused`, () => {
    const state = initial();
    const short = { shape: [3], data: new Float32Array(3) };
    assert.throws(() => scheduler.step(state, short, state.sample), RangeError);
    if (!scheduler.drawsNoise(0)) return;
    assert.throws(() => scheduler.step(state, state.sample), /needs noise/);
    assert.throws(() => scheduler.step(state, state.sample, short), RangeError);
  });
}

function assertSame(actual: Float32Array, expectedHex: string, tolerance: number, label: string): void {
  if (tolerance === 0) {
    assert.equal(hexFromFloat32(actual), expectedHex, label);
    return;
  }
  const expected = float32FromHex(expectedHex);
  assert.equal(actual.length, expected.length);
  const scale = expected.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  actual.forEach((x, i) => {
    const difference = Math.abs(x - (expected[i] as number)) / scale;
    assert.ok(
      difference <= tolerance,
      `${label}[${i}]: ${x} and ${expected[i]} differ by ${difference} of the largest`,
    );
  });
}
