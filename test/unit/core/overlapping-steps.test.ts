import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  type Conditionings,
  createNoiseStream,
  createScheduler,
  cutWindow,
  DEFAULT_LIMITS,
  denoiseImage,
  guidedPrediction,
  imageSeed,
  mergeWindows,
  type Plan,
  type PredictCall,
  parseGenerationRequest,
  planGeneration,
  SCHEDULER_NAMES,
  type SchedulerState,
  type Stages,
  type Tensor,
  WINDOW_GRIDS,
  WRAP_AXES,
  windowsOfStep,
  windowsPerStep,
} from '@tessera/core';
import { hexFromFloat32 } from '../../support/goldens.js';
import { modelCard } from '../../support/model-card.js';
import { seededRandom } from '../../support/seeded-random.js';

const card = modelCard({ schedulerConfig: { betaSchedule: 'scaled_linear', skipPrkSteps: true, clipSample: false } });
const side = (id: string) => ({ id, inputs: {}, cached: false });
const conditionings: Conditionings = { unconditional: side('u'), conditional: side('cc') };

function planOf(input: object): Plan {
  const context = { tenant: 't', models: [card], defaultModel: 'small', drawSeed: () => 1, limits: DEFAULT_LIMITS };
  return planGeneration(parseGenerationRequest({ prompt: 'x', seed: 5, ...input }, context), card);
}

/** A network that is not pointwise: what it says of a cell depends on the window that it sees. */
function network(latent: Tensor, id: string): Tensor {
  const mean = latent.data.reduce((sum, x) => sum + x, 0) / latent.data.length;
  return { shape: latent.shape, data: latent.data.map((x) => 0.5 * x + mean + id.length / 64) };
}

interface Asked {
  readonly call: PredictCall;
  readonly answer: () => void;
}

/** Workers that take calls in order, one each, and answer when they are told to. */
class SomeWorkers implements Stages {
  readonly #waiting: Asked[] = [];
  readonly taken: Asked[] = [];
  readonly #workers: number;
  calls = 0;

  constructor(workers: number) {
    this.#workers = workers;
  }

  encode = async () => [];
  async *decode() {}

  predict(call: PredictCall): Promise<readonly Tensor[]> {
    this.calls += 1;
    return new Promise((resolve) => {
      const answer = () => resolve(call.conditionings.map(({ id }) => network(call.latent, id)));
      this.#waiting.push({ call, answer });
      this.#take();
    });
  }

  get busy(): number {
    return this.taken.length;
  }

  answer(index: number): void {
    const [asked] = this.taken.splice(index, 1);
    asked?.answer();
    this.#take();
  }

  #take(): void {
    while (this.taken.length < this.#workers) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.taken.push(next);
      next.call.onTaken?.();
    }
  }
}

/** The states of all steps, while `answering` says which worker answers next. */
async function statesOf(
  plan: Plan,
  stages: SomeWorkers,
  answering: (busy: number) => number,
  resumeFrom?: SchedulerState,
): Promise<readonly SchedulerState[]> {
  const run = { plan, imageIndex: 0, conditionings, ...(resumeFrom && { resumeFrom }) };
  const states: SchedulerState[] = [];
  let ended = false;
  const consume = async () => {
    for await (const { state } of denoiseImage(run, stages, new AbortController().signal)) states.push(state);
    ended = true;
  };
  const consumed = consume();
  while (!ended) {
    if (stages.busy > 0) stages.answer(answering(stages.busy));
    await setImmediate();
  }
  await consumed;
  return states;
}

/** The same states by a plain loop: one step after the other, each of the whole canvas. */
function plainStates(plan: Plan): readonly string[] {
  const scheduler = createScheduler(plan.scheduler, plan.schedulerConfig, plan.steps, { eta: plan.eta });
  const noise = createNoiseStream(imageSeed(plan, 0), plan.latentShape);
  const states: string[] = [];
  let state = scheduler.init(noise.at(0));
  while (state.stepIndex < scheduler.timesteps.length) {
    const { latent } = scheduler.modelInput(state);
    const { stepIndex } = state;
    const windows = windowsOfStep(plan, stepIndex);
    const [u, c] = ['u', 'cc'].map((id) =>
      mergeWindows(
        windows.map((window) => network(cutWindow(latent, window), id)),
        { ...plan, windows },
      ),
    ) as [Tensor, Tensor];
    const prediction = guidedPrediction(u, c, plan.guidanceScale, plan.guidanceRescale);
    const drawn = scheduler.drawsNoise(stepIndex) ? noise.at(scheduler.noiseDraw(stepIndex)) : undefined;
    state = scheduler.step(state, prediction, drawn).state;
    states.push(hexOf(state));
  }
  return states;
}

function hexOf({ sample, history }: SchedulerState): string {
  return [sample, ...history].map(({ data }) => hexFromFloat32(data)).join(' ');
}

for (const scheduler of SCHEDULER_NAMES) {
  test(`${scheduler}: steps that overlap give the bits of steps that do not, and so does a run that resumes`, async () => {
    const eta = scheduler === 'ddim' ? 0.7 : 0;
    const plan = planOf({ scheduler, eta, steps: 4, guidanceScale: 3, width: 168, height: 400 });
    const expected = plainStates(plan);
    const random = seededRandom(9);
    const states = await statesOf(plan, new SomeWorkers(3), (busy) => Math.floor(random() * busy));
    assert.deepEqual(states.map(hexOf), expected);
    const resumed = await statesOf(plan, new SomeWorkers(2), () => 0, structuredClone(states[1] as SchedulerState));
    assert.deepEqual(resumed.map(hexOf), expected.slice(2));
  });
}

for (const wrap of WRAP_AXES) {
  test(`wrapping ${wrap}, with every overlap: the bits of steps that do not overlap`, async () => {
    for (const [overlap, windowScheme] of [
      [0, 'ramp'],
      [5, 'pyramid'],
      [11, 'ramp'],
    ] as const) {
      for (const windowGrid of WINDOW_GRIDS) {
        const size = { width: 160, height: 264 };
        const plan = planOf({ ...size, wrap, overlap, windowScheme, windowGrid, steps: 3, guidanceScale: 3 });
        const random = seededRandom(overlap);
        const states = await statesOf(plan, new SomeWorkers(4), (busy) => Math.floor(random() * busy));
        assert.deepEqual(states.map(hexOf), plainStates(plan), `overlap ${overlap}, ${windowGrid}`);
      }
    }
  });
}

test('no worker waits between two steps, unless a step needs the whole canvas', async () => {
  const turnsIdle = async (input: object) => {
    const plan = planOf({ steps: 5, guidanceScale: 3, width: 256, height: 512, ...input });
    const stages = new SomeWorkers(4);
    let idle = 0;
    const calls = plan.evaluations / 2;
    await statesOf(plan, stages, (busy) => {
      if (busy < 4 && stages.calls < calls) idle += 1;
      return 0;
    });
    assert.equal(stages.calls, calls);
    return idle;
  };
  assert.equal(await turnsIdle({}), 0);
  assert.ok((await turnsIdle({ guidanceRescale: 0.5 })) > 0, 'guidance rescale looks at the whole canvas');
});

test('the next step starts when all windows of this one are at workers, and the rows under it are final', async () => {
  const plan = planOf({ steps: 2, guidanceScale: 1, width: 256, height: 512, windowGrid: 'fixed' });
  const [first, second] = plan.timesteps;
  const columns = plan.windows.filter(({ y }) => y === 0).length;
  const rows = plan.windows.length / columns;
  const stages = new SomeWorkers(2);
  const answered = new Map<number, number>();
  await statesOf(plan, stages, () => {
    const timestep = stages.taken[0]?.call.timestep as number;
    const seen = answered.get(first as number) ?? 0;
    // The first row of the second step lies under the first two of the first, and its last windows are at workers.
    if (timestep === second && !answered.has(second)) {
      assert.ok(seen >= plan.windows.length - 2, `after ${seen} of ${plan.windows.length}`);
      assert.ok(seen >= 2 * columns && rows > 2);
    }
    answered.set(timestep, (answered.get(timestep) ?? 0) + 1);
    return 0;
  });
  assert.deepEqual([...answered.values()], [plan.windows.length, plan.windows.length]);
});

test('after a step was made, the one after the next waits for whoever takes it', async () => {
  const plan = planOf({ steps: 6, guidanceScale: 1, width: 256, height: 512 });
  const stages = new SomeWorkers(4);
  const steps = denoiseImage({ plan, imageIndex: 0, conditionings }, stages, new AbortController().signal);
  const first = steps.next();
  for (let turns = 0; turns < 10 * windowsPerStep(plan); turns += 1) {
    if (stages.busy > 0) stages.answer(0);
    await setImmediate();
  }
  assert.equal((await first).value?.stepIndex, 0);
  assert.equal(stages.calls, 2 * windowsPerStep(plan));
});
