import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  type CanvasRows,
  type Conditionings,
  createNoiseStream,
  createPredictCanvas,
  cutWindow,
  DEFAULT_LIMITS,
  mergeWindows,
  type Plan,
  type PredictCall,
  type PredictCanvas,
  parseGenerationRequest,
  planGeneration,
  putRows,
  type Stages,
  type Tensor,
} from '@tessera/core';
import { deferred } from '../../support/deferred.js';
import { hexFromFloat32 } from '../../support/goldens.js';
import { modelCard } from '../../support/model-card.js';
import { seededRandom } from '../../support/seeded-random.js';

const card = modelCard();
const conditional = { id: 'x', inputs: {}, cached: false };
const conditionings: Conditionings = { conditional };

function planOf(input: object): Plan {
  const context = { tenant: 't', models: [card], defaultModel: 'small', drawSeed: () => 1, limits: DEFAULT_LIMITS };
  return planGeneration(
    parseGenerationRequest({ prompt: 'x', guidanceScale: 1, windowGrid: 'fixed', ...input }, context),
    card,
  );
}

/** A network that is not pointwise: what it says of a cell depends on the window that it sees. */
function windowNetwork({ latent }: PredictCall): Tensor {
  const mean = latent.data.reduce((sum, x) => sum + x, 0) / latent.data.length;
  return { shape: latent.shape, data: latent.data.map((x) => 0.5 * x + mean) };
}

function stagesOf(predict: Stages['predict']): Stages {
  const nothing = async () => {
    throw new Error('predictions only');
  };
  return { encode: nothing, async *decode() {}, predict };
}

const { signal } = new AbortController();

/** The whole prediction of a canvas that is all there. */
async function predicted(predict: PredictCanvas, latent: Tensor, remainingEvaluations: number): Promise<Tensor> {
  const whole = { shape: latent.shape, data: new Float32Array(latent.data.length) };
  const onRows = (rows: CanvasRows, prediction: Tensor) => putRows(whole, rows, prediction);
  const prediction = predict({ stepIndex: 0, input: () => ({ latent, timestep: 5 }), remainingEvaluations, onRows });
  prediction.advance();
  await prediction.done;
  return whole;
}

test('windows are merged in the plan’s order, in whatever order they come', async () => {
  const plan = planOf({ width: 400, height: 280, overlap: 9 });
  const latent = createNoiseStream(1, plan.latentShape).at(0);
  const pieces = plan.windows.map((window) => windowNetwork({ latent: cutWindow(latent, window) } as PredictCall));
  const expected = hexFromFloat32(mergeWindows(pieces, plan).data);
  for (const seed of [1, 2, 3]) {
    const random = seededRandom(seed);
    const waiting: (() => void)[] = [];
    const stages = stagesOf(async (call) => {
      const turn = deferred<void>();
      waiting.splice(Math.floor(random() * (waiting.length + 1)), 0, () => turn.resolve());
      await turn.promise;
      return [windowNetwork(call)];
    });
    const whole = predicted(createPredictCanvas(plan, conditionings, stages, signal), latent, 99);
    for (; waiting.length > 0; await setImmediate()) waiting.shift()?.();
    assert.equal(hexFromFloat32((await whole).data), expected);
  }
});

test('all windows of a step are under way at once, and of very many 256', async () => {
  for (const [size, expected] of [
    [512, 25],
    [1600, 256],
  ] as const) {
    const plan = planOf({ width: size, height: size });
    const gate = deferred<void>();
    let underWay = 0;
    let most = 0;
    const stages = stagesOf(async (call) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await gate.promise;
      underWay -= 1;
      return [call.latent];
    });
    const latent = createNoiseStream(1, plan.latentShape).at(0);
    const whole = predicted(createPredictCanvas(plan, conditionings, stages, signal), latent, 9999);
    assert.equal(underWay, expected, 'without waiting for anything');
    gate.resolve();
    await whole;
    assert.equal(most, expected);
    assert.ok(plan.windows.length >= expected);
  }
});

test('a window that is late holds up no other', async () => {
  const plan = planOf({ width: 1600, height: 1600 });
  const first = deferred<void>();
  let calls = 0;
  const stages = stagesOf(async ({ latent }) => {
    calls += 1;
    if (calls === 1) await first.promise;
    return [latent];
  });
  const latent = createNoiseStream(1, plan.latentShape).at(0);
  const whole = predicted(createPredictCanvas(plan, conditionings, stages, signal), latent, 9999);
  while (calls < plan.windows.length) await setImmediate();
  first.resolve();
  assert.equal((await whole).data.length, latent.data.length);
});

test('once a window has failed or the signal is aborted, no call starts', async () => {
  const plan = planOf({ width: 1600, height: 1600 });
  const latent = createNoiseStream(1, plan.latentShape).at(0);
  for (const ending of ['failure', 'abort'] as const) {
    const controller = new AbortController();
    let calls = 0;
    const stages = stagesOf(async ({ latent: window }) => {
      calls += 1;
      const number = calls;
      await setImmediate();
      if (number === 3 && ending === 'failure') throw new Error('lost');
      if (number === 3) controller.abort(new Error('left'));
      return [window];
    });
    const predict = createPredictCanvas(plan, conditionings, stages, controller.signal);
    await assert.rejects(predicted(predict, latent, 9999), { message: ending === 'failure' ? 'lost' : 'left' });
    const atEnd = calls;
    for (let i = 0; i < 5; i++) await setImmediate();
    assert.equal(calls, atEnd);
    assert.ok(calls < plan.windows.length, `${calls} of ${plan.windows.length}`);
  }
});

test('a canvas that wraps has its border nowhere: turned by a window, it gives the same picture turned', async () => {
  const stages = stagesOf(async (call) => [windowNetwork(call)]);
  const differences = await Promise.all(
    (['x', 'none'] as const).map(async (wrap) => {
      const plan = planOf({ width: 256, height: 128, overlap: 8, wrap });
      const width = plan.latentShape[2];
      const turn = plan.windows[1]?.x ?? 0;
      const turned = ({ shape, data }: Tensor, by: number): Tensor => ({
        shape,
        data: data.map((_, at) => data[at - (at % width) + (((at % width) + by) % width)] as number),
      });
      const latent = createNoiseStream(1, plan.latentShape).at(0);
      const predict = createPredictCanvas(plan, conditionings, stages, signal);
      const straight = await predicted(predict, latent, 9);
      const around = turned(await predicted(predict, turned(latent, turn), 9), width - turn);
      return straight.data.reduce((most, x, i) => Math.max(most, Math.abs(x - (around.data[i] as number))), 0);
    }),
  );
  // The windows are the same, in another order: rounding of their sum.
  assert.ok((differences[0] as number) < 1e-6, `wrapped, it moves by ${differences[0]}`);
  assert.ok((differences[1] as number) > 1e-3, `with a border, it moves by ${differences[1]}`);
});
