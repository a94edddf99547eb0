import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BaseImage,
  baseRequest,
  type ComposePlan,
  composedState,
  composeStart,
  DEFAULT_LIMITS,
  generateImage,
  type Pixels,
  type PredictCall,
  parseGenerationRequest,
  planGeneration,
  type Stages,
  type Tensor,
  windowsPerStep,
} from '@tessera/core';
import { hexFromFloat32 } from '../../support/goldens.js';
import { modelCard } from '../../support/model-card.js';

const CELL = 8;
const card = modelCard({
  imageEncoder: { input: 'sample', output: 'latent_parameters', posterior: 'moments', float: 'float32' },
});
const signal = new AbortController().signal;
const conditionings = { conditional: { id: 'x', inputs: {}, cached: false } };

function prepare(input: object = {}) {
  const context = { tenant: 't', models: [card], defaultModel: card.name, drawSeed: () => 1, limits: DEFAULT_LIMITS };
  const request = parseGenerationRequest(
    { prompt: 'x', seed: 5, guidanceScale: 1, compose: {}, width: 320, height: 192, ...input },
    context,
  );
  const plan = planGeneration(request, card);
  return { plan, base: planGeneration(baseRequest(request, plan.compose as ComposePlan), card) };
}

/** Stages whose every value can be told: predictions of the latent, pixels of its first channel, latents of pixels. */
class AnalyticStages implements Stages {
  readonly calls: PredictCall[] = [];
  readonly encoded: Pixels[] = [];
  readonly sizes: string[] = [];

  async encode() {
    return [];
  }

  async predict(call: PredictCall): Promise<readonly Tensor[]> {
    this.calls.push(call);
    return [{ shape: call.latent.shape, data: call.latent.data.map((x) => Math.fround(0.5 * x)) }];
  }

  async *decode({ shape, data }: Tensor) {
    const [, rows = 0, columns = 0] = shape;
    this.sizes.push(`${columns}×${rows}`);
    const [width, height] = [CELL * columns, CELL * rows];
    const levels = Uint8Array.from({ length: 3 * width * height }, (_, at) => {
      const pixel = Math.floor(at / 3);
      const cell = Math.floor(Math.floor(pixel / width) / CELL) * columns + Math.floor((pixel % width) / CELL);
      return Math.min(255, Math.max(0, Math.round(128 + 40 * (data[cell] as number))));
    });
    yield { y: 0, width, height, data: levels };
  }

  /** Each cell is the level of its first pixel; later windows come first. */
  encodeImage: BaseImage['encodeImage'] = async (pixels) => {
    this.encoded.push(pixels);
    for (let turns = 0; turns < 10 - (this.encoded.length % 10); turns++) await null;
    const [columns, rows] = [pixels.width / CELL, pixels.height / CELL];
    const data = Float32Array.from({ length: 4 * rows * columns }, (_, i) => {
      const cell = i % (rows * columns);
      const at = 3 * (Math.floor(cell / columns) * CELL * pixels.width + (cell % columns) * CELL);
      return (pixels.data[at] as number) / 64;
    });
    return { shape: [4, rows, columns], data };
  };
}

async function composed(input: object = {}, imageIndex = 0) {
  const { plan, base } = prepare(input);
  const stages = new AnalyticStages();
  const run = { plan, imageIndex, conditionings };
  const baseImage = { plan: base, stages, encodeImage: stages.encodeImage };
  const types: string[] = [];
  let latent: Tensor | undefined;
  for await (const event of generateImage(run, stages, signal, baseImage)) {
    types.push(event.type);
    if (event.type === 'latent') latent = event.latent;
  }
  return { plan, base, stages, types, latent: latent as Tensor };
}

test('base steps, then the canvas from its start step; every evaluation of the plan and no other', async () => {
  const { plan, base, stages, types } = await composed();
  const { startStep } = plan.compose as ComposePlan;
  const steps = (type: string) => types.filter((each) => each === type).length;
  assert.deepEqual([steps('base-step'), steps('step')], [base.timesteps.length, plan.timesteps.length - startStep]);
  assert.equal(stages.calls.length, plan.evaluations);
  assert.deepEqual(
    stages.calls.map(({ remainingEvaluations }) => remainingEvaluations),
    // Each as of the beginning of its step.
    [
      ...base.timesteps.map((_, i) => plan.evaluations - i),
      ...plan.timesteps
        .slice(startStep)
        .flatMap((_, i, { length }) => Array(windowsPerStep(plan)).fill((length - i) * windowsPerStep(plan))),
    ],
  );
  assert.deepEqual(stages.sizes, ['16×8', '40×24']);
});

test('encoders see windows of the enlarged image, each of native size at most', async () => {
  const { plan, stages } = await composed();
  assert.equal(stages.encoded.length, plan.windows.length);
  for (const { width, height } of stages.encoded) assert.deepEqual([width, height], [128, 128]);
});

test('the images of a generation have base images of their own seeds, and tell what is left after them', async () => {
  const [first, second] = [await composed({ count: 2 }, 0), await composed({ count: 2 }, 1)];
  assert.notEqual(hexFromFloat32(first.latent.data), hexFromFloat32(second.latent.data));
  assert.equal(first.stages.calls[0]?.remainingEvaluations, first.plan.evaluations);
  assert.equal(second.stages.calls[0]?.remainingEvaluations, first.plan.evaluations / 2);
});

test('the same every time, in whatever order encoders answer', async () => {
  const hashes = [await composed(), await composed()].map(({ latent }) => hexFromFloat32(latent.data));
  assert.equal(hashes[0], hashes[1]);
});

test('a run that resumes makes no base image', async () => {
  const { plan, base } = prepare();
  const stages = new AnalyticStages();
  const latent = { shape: plan.latentShape, data: new Float32Array(4 * 24 * 40).fill(0.25) };
  const resumeFrom = composedState(plan, 0, latent);
  const baseImage = { plan: base, stages, encodeImage: stages.encodeImage };
  for await (const event of generateImage(
    { plan, imageIndex: 0, conditionings, resumeFrom },
    stages,
    signal,
    baseImage,
  )) {
    assert.notEqual(event.type, 'base-step');
  }
  assert.equal(stages.encoded.length, 0);
});

test('an encoder that answers with another latent, or fails, fails the image and is asked no more', async () => {
  const { plan, base } = prepare();
  const stages = new AnalyticStages();
  let asked = 0;
  const start = (encodeImage: BaseImage['encodeImage']) => {
    asked = 0;
    return composeStart({ plan, imageIndex: 0, conditionings }, { plan: base, stages, encodeImage }, signal);
  };
  const drain = async (encodeImage: BaseImage['encodeImage']) => {
    for await (const step of start(encodeImage)) assert.equal(step.type, 'base-step');
  };
  await assert.rejects(
    drain(async () => ({ shape: [4, 1, 1], data: new Float32Array(4) })),
    /the encoder answered 128×128 with \[4,1,1\]/,
  );
  await assert.rejects(
    drain(async () => {
      asked += 1;
      throw new Error('no encoder');
    }),
    /no encoder/,
  );
  assert.ok(asked <= plan.windows.length && asked < 9, `asked ${asked} times`);
});

test('an abort ends it before anything is encoded', async () => {
  const { plan, base } = prepare();
  const stages = new AnalyticStages();
  const stop = new AbortController();
  const run = { plan, imageIndex: 0, conditionings };
  const begun = composeStart(run, { plan: base, stages, encodeImage: stages.encodeImage }, stop.signal);
  await begun.next();
  stop.abort();
  await assert.rejects(async () => {
    for await (const step of begun) assert.equal(step.type, 'base-step');
  });
  assert.equal(stages.encoded.length, 0);
});
