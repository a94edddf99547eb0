import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { ModelCard } from '@tessera/core';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder, tinyCard } from './fake-workers.js';
import { all, generated, receiptsOf, startTestGateway, until } from './test-gateway.js';

const card: ModelCard = {
  ...tinyCard,
  imageEncoder: { input: 'sample', output: 'latent_parameters', posterior: 'moments', float: 'float32' },
};
/** 10×7 cells: three by two windows; the base image is 4×3. */
const request = {
  prompt: 'a red apple',
  seed: 7,
  steps: 4,
  width: 20,
  height: 14,
  compose: { strength: 0.5 },
  preview: { everySteps: 1 },
};
const WINDOWS = 6;
/** Moved, there is one more along each axis. */
const WINDOWS_OF_STEP = 12;

type Decoders = readonly (Parameters<typeof startFakeDecoder>[1] & object)[];

async function startGateway(t: TestContext, decoders: Decoders = [{}]) {
  const encoder = await startFakeTextEncoder(t, { card });
  const denoiser = await startFakeDenoiser(t, { card });
  const started = [];
  for (const options of decoders) started.push(await startFakeDecoder(t, { card, ...options }));
  const { client } = await startTestGateway(t, [encoder, denoiser, ...started]);
  return { client, denoiser, decoders: started };
}

test('a composed image starts from a base image, and its receipt says so', async (t) => {
  const { client, denoiser, decoders } = await startGateway(t);
  const events = await all(generated(client, request));
  const [receipt] = receiptsOf(events);
  assert.deepEqual(receipt?.compose, { strength: 0.5, startStep: 2, baseWidth: 8, baseHeight: 6 });
  assert.deepEqual(receipt?.tiling, { wrap: 'none', scheme: 'ramp', grid: 'moving' });
  assert.equal(receipt?.windows.length, WINDOWS);
  assert.deepEqual(
    receipt?.timings.map(({ stage }) => stage),
    ['encode', 'compose', 'denoise', 'decode', 'image_encoding', 'total'],
  );
  const evaluations = denoiser.calls.reduce((sum, { conditionings }) => sum + conditionings, 0);
  assert.equal(evaluations, 2 * (4 + 2 * WINDOWS_OF_STEP));
  assert.equal(receipt?.evaluations, evaluations);
  assert.deepEqual(decoders[0]?.encodes, Array(WINDOWS).fill('8×8'));
  assert.equal(decoders[0]?.decodes(), 2);
});

test('steps of the base image are told as those that the canvas leaves out, with previews of it', async (t) => {
  const { client } = await startGateway(t);
  const events = await all(generated(client, request));
  const progress = events.flatMap((event) => (event.type === 'progress' ? [event] : []));
  const indices = progress.map(({ stepIndex }) => stepIndex);
  assert.deepEqual(indices, [...new Set(indices)].sort());
  assert.ok(progress.every(({ steps }) => steps === 4));
  assert.equal(indices.at(-1), 3);
  assert.ok(
    indices.some((index) => index < 2),
    `${indices}`,
  );
  const previews = events.flatMap((event) => (event.type === 'preview' ? [event] : []));
  for (const { stepIndex, image, width, height } of previews) {
    assert.deepEqual([width, height], [20, 14]);
    assert.deepEqual([image.width, image.height], stepIndex < 2 ? [4, 3] : [10, 7]);
  }
  assert.equal(previews.length + (previews.at(-1)?.superseded ?? 0), 4);
});

test('the same seed gives the same image, on one decoder and on three, and when an encode fails once', async (t) => {
  const failing = {
    encodeFailure: (n: number) => (n === 2 ? { code: status.UNAVAILABLE, details: 'away' } : undefined),
  };
  const runs = [];
  for (const decoders of [[{}], [{}, { workerId: 'two' }, { workerId: 'three' }], [failing, { workerId: 'two' }]]) {
    const { client } = await startGateway(t, decoders);
    const [receipt] = receiptsOf(await all(generated(client, request)));
    runs.push([receipt?.latentSha256, receipt?.imageSha256]);
  }
  assert.deepEqual(runs[1], runs[0]);
  assert.deepEqual(runs[2], runs[0]);
});

test('a canvas is encoded by decoders of one numeric class', async (t) => {
  const decoders = [{}, { workerId: 'two', numericClass: 'class-b' }];
  const { client, decoders: started } = await startGateway(t, decoders);
  receiptsOf(await all(generated(client, request)));
  const encodes = started.map(({ encodes }) => encodes.length);
  assert.deepEqual(
    encodes.toSorted((a, b) => a - b),
    [0, WINDOWS],
  );
});

test('images of native size, and those without compose, are encoded nowhere', async (t) => {
  const { client, decoders } = await startGateway(t);
  receiptsOf(await all(generated(client, { ...request, width: 8, height: 8 })));
  const { compose: _, ...plain } = request;
  const [receipt] = receiptsOf(await all(generated(client, plain)));
  assert.equal(receipt?.compose, undefined);
  assert.deepEqual(decoders[0]?.encodes, []);
});

test('a cancel while windows are encoded ends it without a step of the canvas', async (t) => {
  const { client, denoiser } = await startGateway(t);
  const stop = new AbortController();
  const events = generated(client, request, stop.signal);
  await until(events, 'progress');
  stop.abort();
  await events.return();
  const calls = denoiser.calls.length;
  assert.ok(calls <= 4 + WINDOWS_OF_STEP, `${calls} calls`);
});

test('a tiled image tells its seams in the receipt; an image of one window has none', async (t) => {
  const { client } = await startGateway(t);
  const { compose: _, ...plain } = request;
  const [tiled] = receiptsOf(await all(generated(client, plain)));
  assert.ok(tiled?.seams);
  assert.ok(tiled.seams.ratio > 0 && ['x', 'y'].includes(tiled.seams.worst.axis));
  const [small] = receiptsOf(await all(generated(client, { ...plain, width: 8, height: 8 })));
  assert.equal(small?.seams, undefined);
  assert.equal(small?.tiling, undefined);
});
