import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  baseRequest,
  type ComposePlan,
  composedState,
  createNoiseStream,
  DEFAULT_LIMITS,
  denoiseImage,
  type GenerationRequest,
  type ModelCard,
  parseGenerationRequest,
  planGeneration,
  schedulerOfPlan,
  type Tensor,
  toldBaseStep,
} from '@tessera/core';
import { hexFromFloat32 } from '../../support/goldens.js';
import { modelCard } from '../../support/model-card.js';

const card = modelCard({
  schedulerConfig: { betaSchedule: 'scaled_linear', skipPrkSteps: true, clipSample: false },
  imageEncoder: { input: 'sample', output: 'latent_parameters', posterior: 'moments', float: 'float32' },
});

function prepare(input: object, model: ModelCard = card) {
  const context = { tenant: 't', models: [model], defaultModel: model.name, drawSeed: () => 1, limits: DEFAULT_LIMITS };
  const request = parseGenerationRequest({ prompt: 'x', seed: 5, compose: { strength: 0.5 }, ...input }, context);
  return { request, plan: planGeneration(request, model) };
}

function composeOf(input: object, model?: ModelCard): ComposePlan {
  const { compose } = prepare(input, model).plan;
  assert.ok(compose);
  return compose;
}

const large = { width: 512, height: 512 };

test('the base image is of native size, with the aspect nearest to the image’s', () => {
  const cases = [
    [{ width: 512, height: 512 }, [128, 128]],
    [{ width: 1152, height: 640 }, [128, 64]],
    [{ width: 640, height: 1152 }, [64, 128]],
    [{ width: 1024, height: 768 }, [128, 96]],
    [{ width: 136, height: 1000 }, [32, 128]],
  ] as const;
  for (const [size, base] of cases) {
    const { baseWidth, baseHeight } = composeOf(size);
    assert.deepEqual([baseWidth, baseHeight], base, JSON.stringify(size));
  }
  const fixed = { ...card, denoiser: { ...card.denoiser, fixedSize: { width: 16, height: 12 } } };
  assert.equal(composeOf({ width: 1152, height: 640 }, fixed).baseHeight, 96, 'there is one size');
});

test('an image that one window covers has nothing to compose', () => {
  const { plan } = prepare({ width: 128, height: 96 });
  assert.equal(plan.compose, undefined);
  assert.equal(plan.evaluations, 10 * 2);
});

test('the canvas takes min(int(steps · strength), steps) steps, whatever the scheduler', () => {
  const startOf = (steps: number, strength: number, scheduler = 'ddim') =>
    composeOf({ ...large, steps, scheduler, compose: { strength } }).startStep;
  for (const scheduler of ['ddim', 'ddpm', 'euler', 'euler-ancestral', 'dpmpp-2m', 'lcm']) {
    assert.equal(startOf(20, 0.5, scheduler), 10);
    assert.equal(startOf(20, 0.33, scheduler), 14);
    assert.equal(startOf(20, 1, scheduler), 0);
    assert.equal(startOf(7, 0.15, scheduler), 6);
  }
  // 0.29 · 100 is 28.999999999999996 in double precision: Python’s int() gives 28 too.
  assert.equal(startOf(100, 0.29), 72);
});

test('PNDM starts at the first evaluation of a step', () => {
  const startOf = (strength: number, skipPrkSteps: boolean) => {
    const model = { ...card, schedulerConfig: { ...card.schedulerConfig, skipPrkSteps } };
    return composeOf({ ...large, steps: 10, scheduler: 'pndm', compose: { strength } }, model).startStep;
  };
  assert.deepEqual(
    [1, 0.9, 0.8, 0.5].map((strength) => startOf(strength, true)),
    [0, 2, 2, 5],
  );
  assert.deepEqual(
    [1, 0.9, 0.8, 0.7, 0.5].map((strength) => startOf(strength, false)),
    [0, 4, 8, 12, 14],
  );
});

test('the base image is counted, and the steps that the canvas leaves out are not', () => {
  const { plan } = prepare({ ...large, steps: 10, count: 3, compose: { strength: 0.4 }, preview: { everySteps: 1 } });
  assert.equal(plan.evaluations, (10 + 4 * 36) * 2 * 3);
  assert.deepEqual(plan.previewSteps, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
});

test('base steps are told as the steps that the canvas leaves out, each once and in order', () => {
  for (const [steps, startStep] of [
    [20, 10],
    [20, 14],
    [7, 6],
    [11, 2],
    [20, 0],
  ] as const) {
    const compose = { strength: 1, startStep, baseWidth: 128, baseHeight: 128 };
    const told = Array.from({ length: steps }, (_, i) => toldBaseStep(compose, i, steps));
    assert.deepEqual(
      told.filter((index) => index !== undefined),
      Array.from({ length: startStep }, (_, i) => i),
    );
    assert.equal(told.at(-1), startStep === 0 ? undefined : startStep - 1);
  }
});

test('a model that cannot start from an enlarged image refuses to, by the field', () => {
  const { imageEncoder, ...without } = card;
  assert.ok(imageEncoder);
  const fixed = { width: 64, height: 64 };
  const cases: readonly [ModelCard, RegExp][] = [
    [without, /needs a model with an image encoder, and small has none/],
    [{ ...card, imageEncoder: { ...imageEncoder, posterior: 'sample' } }, /equal pixels equal latents/],
    [{ ...card, imageEncoder: { ...imageEncoder, fixedSize: fixed } }, /of the windows' size/],
    [{ ...card, decoder: { ...card.decoder, fixedSize: fixed } }, /needs a decoder of two sizes/],
  ];
  for (const [model, message] of cases) {
    const fixedSize = { width: 512, height: 512 };
    const size = model.decoder.fixedSize ? fixedSize : large;
    assert.throws(() => prepare(size, model), { code: 'invalid_argument', field: 'compose', message });
  }
  const windows = { ...card, imageEncoder: { ...imageEncoder, fixedSize: { width: 128, height: 128 } } };
  assert.ok(composeOf(large, windows));
});

test('the base request is the image that the seed gives at that size', () => {
  const { request, plan } = prepare({ ...large, wrap: 'x', overlap: 3 });
  const base = baseRequest(request, plan.compose as ComposePlan);
  const context = { tenant: 't', models: [card], defaultModel: 'small', drawSeed: () => 1, limits: DEFAULT_LIMITS };
  const alone: GenerationRequest = parseGenerationRequest({ prompt: 'x', seed: 5 }, context);
  assert.deepEqual(base, alone);
  assert.deepEqual(planGeneration(base, card), planGeneration(alone, card));
});

test('a composed canvas starts from the noised image, with the noise of its own seed', () => {
  const { plan } = prepare({ ...large, count: 2 });
  const scheduler = schedulerOfPlan(plan);
  const latent = { shape: plan.latentShape, data: new Float32Array(4 * 64 * 64).fill(0.5) };
  const state = composedState(plan, 1, latent);
  const noise = createNoiseStream(6, plan.latentShape).at(0);
  assert.equal(state.stepIndex, 5);
  assert.deepEqual(state.history, []);
  assert.equal(hexFromFloat32(state.sample.data), hexFromFloat32(scheduler.addNoise(latent, noise, 5).data));
  assert.throws(() => composedState(plan, 0, { shape: [1], data: new Float32Array(1) }), /does not fit a canvas/);
  assert.throws(() => composedState(prepare({}).plan, 0, latent), /starts from noise/);
});

test('a composed image without its base image does not start', async () => {
  const { plan } = prepare(large);
  const conditional = { id: 'x', inputs: {}, cached: false };
  const nothing = async () => {
    throw new Error('nothing may be asked');
  };
  const stages = { encode: nothing, predict: nothing, async *decode() {} };
  const run = denoiseImage(
    { plan, imageIndex: 0, conditionings: { conditional } },
    stages,
    new AbortController().signal,
  );
  await assert.rejects(run.next(), /starts from its base image/);
});

test('a composed run goes from its first step to its last, and tells what is left', async () => {
  const { plan } = prepare({ ...large, count: 2, guidanceScale: 1 });
  const left: number[] = [];
  const stages = {
    encode: async () => [],
    predict: async (call: { latent: Tensor; remainingEvaluations: number }) => {
      left.push(call.remainingEvaluations);
      return [call.latent];
    },
    async *decode() {},
  };
  const conditional = { id: 'x', inputs: {}, cached: false };
  const latent = { shape: plan.latentShape, data: new Float32Array(4 * 64 * 64) };
  const run = { plan, imageIndex: 1, conditionings: { conditional }, resumeFrom: composedState(plan, 1, latent) };
  const steps: number[] = [];
  for await (const { stepIndex } of denoiseImage(run, stages, new AbortController().signal)) steps.push(stepIndex);
  assert.deepEqual(steps, [5, 6, 7, 8, 9]);
  assert.deepEqual(
    left,
    [5, 4, 3, 2, 1].flatMap((stepsLeft) => Array(36).fill(36 * stepsLeft)),
  );
});
