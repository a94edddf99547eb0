import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  type Conditioning,
  type Conditionings,
  createNoiseStream,
  createScheduler,
  DEFAULT_LIMITS,
  denoiseImage,
  encodePrompts,
  type GenerationRequest,
  generateImage,
  guidedPrediction,
  type ImageEvent,
  imageSeed,
  type Plan,
  type PredictCall,
  type PromptText,
  parseGenerationRequest,
  planGeneration,
  SCHEDULER_NAMES,
  type Stages,
  type Tensor,
  TesseraError,
  windowsPerStep,
} from '@tessera/core';
import { hexFromFloat32 } from '../../support/goldens.js';
import { modelCard } from '../../support/model-card.js';

const card = modelCard({ schedulerConfig: { betaSchedule: 'scaled_linear', skipPrkSteps: true, clipSample: false } });

function requestOf(input: object): GenerationRequest {
  const context = { tenant: 't', models: [card], defaultModel: 'small', drawSeed: () => 1, limits: DEFAULT_LIMITS };
  return parseGenerationRequest({ prompt: 'red', seed: 7, steps: 5, ...input }, context);
}

/** An analytic network: half the latent plus a bias that stands for the prompt. */
function prediction(latent: Tensor, { inputs }: Conditioning): Tensor {
  const bias = inputs.bias?.data[0] as number;
  return { shape: latent.shape, data: latent.data.map((x) => Math.fround(0.5 * x) + bias) };
}

/** Stages of the analytic network, which remember what they were asked. */
class AnalyticStages implements Stages {
  readonly prompts: PromptText[][] = [];
  readonly calls: PredictCall[] = [];
  decoded = 0;

  async encode(prompts: readonly PromptText[]): Promise<Conditioning[]> {
    this.prompts.push([...prompts]);
    return prompts.map(({ text }) => ({
      id: text,
      cached: false,
      inputs: { bias: { shape: [1], data: Float32Array.of(text.length / 64) } },
    }));
  }

  async predict(call: PredictCall): Promise<Tensor[]> {
    this.calls.push(call);
    await setImmediate();
    return call.conditionings.map((conditioning) => prediction(call.latent, conditioning));
  }

  async *decode(latent: Tensor) {
    this.decoded += 1;
    const [, height, width] = latent.shape as [number, number, number];
    for (const y of [0, height - 1]) {
      const rows = y === 0 ? height - 1 : 1;
      yield { y, width, height: rows, data: new Uint8Array(3 * width * rows) };
    }
  }
}

async function prepare(input: object, stages: Stages = new AnalyticStages()) {
  const request = requestOf(input);
  const plan = planGeneration(request, card);
  const { signal } = new AbortController();
  return { request, plan, conditionings: await encodePrompts(request, plan, stages, signal), signal };
}

/** The same image by a plain loop. */
function expectedLatent(plan: Plan, { unconditional, conditional }: Conditionings, imageIndex: number): Tensor {
  const scheduler = createScheduler(plan.scheduler, plan.schedulerConfig, plan.steps, { eta: plan.eta });
  const noise = createNoiseStream(imageSeed(plan, imageIndex), plan.latentShape);
  let state = scheduler.init(noise.at(0));
  for (const [stepIndex] of scheduler.timesteps.entries()) {
    const { latent } = scheduler.modelInput(state);
    const c = prediction(latent, conditional);
    const m = unconditional
      ? guidedPrediction(prediction(latent, unconditional), c, plan.guidanceScale, plan.guidanceRescale)
      : c;
    state = scheduler.step(state, m, noise.at(scheduler.noiseDraw(stepIndex))).state;
  }
  return state.sample;
}

for (const scheduler of SCHEDULER_NAMES) {
  for (const guidanceScale of [1, 4]) {
    test(`${scheduler} at guidance ${guidanceScale}: steps, then the latent, then pixels`, async () => {
      const stages = new AnalyticStages();
      const eta = scheduler === 'ddim' ? 0.5 : 0;
      const { plan, conditionings, signal } = await prepare(
        { scheduler, eta, guidanceScale, width: 64, count: 2 },
        stages,
      );
      const events: ImageEvent[] = [];
      for await (const event of generateImage({ plan, imageIndex: 1, conditionings }, stages, signal))
        events.push(event);

      const steps = plan.timesteps.length;
      assert.deepEqual(
        events.map((event) => (event.type === 'step' ? event.stepIndex : event.type)),
        [...Array(steps).keys(), 'latent', 'pixels', 'pixels'],
      );
      const latent = events.flatMap((event) => (event.type === 'latent' ? [event.latent] : []))[0];
      assert.ok(latent);
      assert.equal(hexFromFloat32(latent.data), hexFromFloat32(expectedLatent(plan, conditionings, 1).data));
      assert.equal(
        stages.calls.reduce((sum, { conditionings: { length } }) => sum + length, 0),
        plan.evaluations / 2,
      );
      assert.deepEqual(
        stages.calls.map(({ timestep }) => timestep),
        plan.timesteps,
      );
      assert.equal(stages.decoded, 1);
    });
  }
}

test('guidance encodes the negative prompt first and says whether it was given', async () => {
  const stages = new AnalyticStages();
  await prepare({ guidanceScale: 4 }, stages);
  await prepare({ guidanceScale: 4, negativePrompt: '' }, stages);
  await prepare({ guidanceScale: 1, negativePrompt: 'unused' }, stages);
  const red = { text: 'red', absent: false };
  assert.deepEqual(stages.prompts, [[{ text: '', absent: true }, red], [{ text: '', absent: false }, red], [red]]);
});

test('calls tell how many evaluations the generation still needs', async () => {
  const stages = new AnalyticStages();
  const { plan, conditionings, signal } = await prepare({ steps: 3, count: 2, guidanceScale: 4 }, stages);
  for (const imageIndex of [0, 1]) {
    for await (const _ of denoiseImage({ plan, imageIndex, conditionings }, stages, signal));
  }
  assert.deepEqual(
    stages.calls.map(({ remainingEvaluations }) => remainingEvaluations),
    [12, 10, 8, 6, 4, 2],
  );
});

test('the next prediction is under way while a step is handled', async () => {
  const stages = new AnalyticStages();
  const { plan, conditionings, signal } = await prepare({}, stages);
  for await (const { stepIndex, steps } of denoiseImage({ plan, imageIndex: 0, conditionings }, stages, signal)) {
    assert.equal(stages.calls.length, Math.min(stepIndex + 2, steps));
  }
});

for (const scheduler of SCHEDULER_NAMES) {
  test(`${scheduler}: a run resumed from any stored state gives the same bits`, async () => {
    const { plan, conditionings, signal } = await prepare({ scheduler, eta: scheduler === 'ddim' ? 1 : 0 });
    const run = { plan, imageIndex: 0, conditionings };
    const states = [];
    for await (const { state } of denoiseImage(run, new AnalyticStages(), signal)) states.push(state);
    const end = hexFromFloat32((states.at(-1) as (typeof states)[number]).sample.data);
    for (const state of states) {
      const stages = new AnalyticStages();
      const resumed = generateImage({ ...run, resumeFrom: structuredClone(state) }, stages, signal);
      for await (const event of resumed) {
        if (event.type === 'latent') assert.equal(hexFromFloat32(event.latent.data), end, `from ${state.stepIndex}`);
      }
      assert.equal(stages.calls.length, plan.timesteps.length - state.stepIndex);
      assert.equal(stages.decoded, 1);
    }
  });
}

test('once aborted, no evaluation starts; the step already made still comes', async () => {
  const stages = new AnalyticStages();
  const { plan, conditionings } = await prepare({}, stages);
  const controller = new AbortController();
  const seen: number[] = [];
  const run = async () => {
    for await (const { stepIndex } of denoiseImage({ plan, imageIndex: 0, conditionings }, stages, controller.signal)) {
      seen.push(stepIndex);
      if (stepIndex === 1) controller.abort();
    }
  };
  await assert.rejects(run, { name: 'AbortError' });
  assert.deepEqual(seen, [0, 1, 2]);
  assert.equal(stages.calls.length, 3, 'the call under way at the abort is the last');
});

test('an aborted signal lets nothing start, not even the encoder or the decoder', async () => {
  const stages = new AnalyticStages();
  const { request, plan, conditionings } = await prepare({ steps: 1 });
  const controller = new AbortController();
  const run = async () => {
    for await (const event of generateImage({ plan, imageIndex: 0, conditionings }, stages, controller.signal)) {
      if (event.type === 'latent') controller.abort();
    }
  };
  await assert.rejects(run, { name: 'AbortError' });
  await assert.rejects(encodePrompts(request, plan, stages, controller.signal), { name: 'AbortError' });
  assert.deepEqual([stages.calls.length, stages.decoded, stages.prompts.length], [1, 0, 0]);
});

test('a consumer that leaves does not hear of the call under way', async (t) => {
  const unhandled: unknown[] = [];
  const remember = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', remember);
  t.after(() => process.off('unhandledRejection', remember));
  const stages = new AnalyticStages();
  const { plan, conditionings, signal } = await prepare({}, stages);
  const failing: Stages = {
    encode: () => Promise.reject(new Error('unused')),
    // biome-ignore lint/correctness/useYield: it only fails.
    async *decode() {
      throw new Error('unused');
    },
    predict: async (call) => {
      const predictions = await stages.predict(call);
      if (stages.calls.length > 1) throw new TesseraError('unavailable', 'the worker went away');
      return predictions;
    },
  };
  for await (const _ of denoiseImage({ plan, imageIndex: 0, conditionings }, failing, signal)) break;
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  assert.deepEqual(unhandled, []);
  assert.equal(stages.calls.length, 2);
});

test('a failed call ends the run with its own error', async () => {
  const { plan, conditionings, signal } = await prepare({});
  const error = new TesseraError('unavailable', 'no denoiser');
  const failing: Stages = Object.assign(new AnalyticStages(), { predict: () => Promise.reject(error) });
  const run = async () => {
    for await (const _ of denoiseImage({ plan, imageIndex: 0, conditionings }, failing, signal));
  };
  await assert.rejects(run, (thrown) => thrown === error);
});

test('answers that are not a prediction are refused', async () => {
  const { plan, conditionings, signal } = await prepare({});
  const answers: Record<string, (call: PredictCall) => Tensor[]> = {
    'too few': ({ latent }) => [latent],
    'too small': () => [1, 2].map(() => ({ shape: [1], data: new Float32Array(1) })),
    'not finite': ({ latent }) => [latent, { ...latent, data: latent.data.map(() => Number.NaN) }],
  };
  for (const [label, answer] of Object.entries(answers)) {
    const wrong: Stages = Object.assign(new AnalyticStages(), { predict: async (call: PredictCall) => answer(call) });
    const run = async () => {
      for await (const _ of denoiseImage({ plan, imageIndex: 0, conditionings }, wrong, signal));
    };
    await assert.rejects(run, (error) => error instanceof TesseraError && error.code === 'internal', label);
  }
});

for (const scheduler of SCHEDULER_NAMES) {
  test(`${scheduler}: a large canvas is predicted window by window, and stepped whole`, async () => {
    const { plan, conditionings, signal } = await prepare({
      scheduler,
      eta: scheduler === 'ddim' ? 1 : 0,
      guidanceRescale: 0.5,
      width: 136,
      height: 200,
    });
    assert.equal(plan.windows.length, 4);
    const stages = new AnalyticStages();
    let latent: Tensor | undefined;
    for await (const step of denoiseImage({ plan, imageIndex: 0, conditionings }, stages, signal)) {
      latent = step.state.sample;
    }
    const expected = expectedLatent(plan, conditionings, 0).data;
    const scale = expected.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
    // The analytic network is pointwise, so windows change rounding only.
    latent?.data.forEach((x, i) => {
      assert.ok(Math.abs(x - (expected[i] as number)) < 1e-5 * scale);
    });
    const perStep = windowsPerStep(plan);
    assert.equal(stages.calls.length, perStep * plan.timesteps.length);
    assert.ok(stages.calls.every(({ latent: { shape } }) => shape.join() === '4,16,16'));
    assert.deepEqual(
      stages.calls.slice(0, perStep).map(({ remainingEvaluations }) => remainingEvaluations),
      Array(perStep).fill(plan.evaluations),
    );
  });
}

test('a canvas of native size gives the bits of a plain loop, with tiling asked for or not', async () => {
  for (const tiling of [{}, { overlap: 3, windowScheme: 'pyramid' }]) {
    const { plan, conditionings, signal } = await prepare(tiling);
    let latent: Tensor | undefined;
    for await (const step of denoiseImage({ plan, imageIndex: 0, conditionings }, new AnalyticStages(), signal)) {
      latent = step.state.sample;
    }
    assert.equal(
      hexFromFloat32(latent?.data ?? new Float32Array()),
      hexFromFloat32(expectedLatent(plan, conditionings, 0).data),
    );
  }
});
