import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { GenerationEvent } from '@tessera/core';
import { type Bus, createMemoryBus } from '@tessera/runtime';
import { deferred } from '../../support/deferred.js';
import { isOn } from '../../support/protections.js';
import {
  type FakeDenoiser,
  type FakeWorker,
  startFakeDecoder,
  startFakeDenoiser,
  startFakeTextEncoder,
} from './fake-workers.js';
import { all, generated, receiptsOf, startTestGateway, until, watched } from './test-gateway.js';
import { recordWhere, startTwoGateways } from './two-gateways.js';

const STEPS = 6;
const request = { prompt: 'a', seed: 11, steps: STEPS, scheduler: 'ddpm', keepFor: { seconds: 60, nanos: 0 } };

/** A Bus whose checkpoints can be changed behind everybody's back. */
function damageableBus(bus: Bus): Bus & { damage(name: string, change: (bytes: Uint8Array) => Uint8Array): void } {
  const changes = new Map<string, (bytes: Uint8Array) => Uint8Array>();
  return {
    ...bus,
    connectedMs: () => bus.connectedMs(),
    objects: {
      ...bus.objects,
      get: async (name) => {
        const bytes = await bus.objects.get(name);
        return bytes && (changes.get(name)?.(bytes) ?? bytes);
      },
    },
    damage: (name, change) => void changes.set(name, change),
  };
}

/** One value of the sample gets another sign. */
const flipped = (bytes: Uint8Array) => {
  const copy = bytes.slice();
  const at = copy.length - 32 - 1;
  copy[at] = (copy[at] ?? 0) ^ 0x80;
  return copy;
};
const cut = (bytes: Uint8Array) => bytes.slice(0, 100);

async function imageOf(t: TestContext) {
  const workers = [await startFakeTextEncoder(t), await startFakeDenoiser(t), await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers);
  const [receipt] = receiptsOf(await all(generated(client, request)));
  return receipt?.latentSha256;
}

/** Runs until the fourth step waits, with a checkpoint of the third; then its gateway is lost, and `meanwhile` happens. */
async function lostAtStepThree(
  t: TestContext,
  denoisers: (beforeAnswer: (n: number) => Promise<void>) => Promise<readonly FakeDenoiser[]>,
  meanwhile: (bus: ReturnType<typeof damageableBus>, id: string, denoisers: readonly FakeDenoiser[]) => void,
) {
  const moved = deferred();
  t.after(() => moved.resolve());
  const made = await denoisers((n) => (n < 3 ? Promise.resolve() : moved.promise));
  const workers: FakeWorker[] = [await startFakeTextEncoder(t), ...made, await startFakeDecoder(t)];
  const bus = damageableBus(createMemoryBus({ presenceExpiryMs: 300 }));
  const dispatchLimits = { workerWaitMs: 100, attempts: 5, minBackoffMs: 5 };
  // Only checkpoints are to be had.
  const protections = { verifiesCheckpoints: isOn('checkpoint-checksum'), tellsStates: false };
  const { first, second } = await startTwoGateways(t, workers, { bus, dispatchLimits, protections });
  const events = generated(first.client, request);
  const { generationId } = await until(events, 'accepted');
  await recordWhere(bus, generationId, ({ checkpoints }) => checkpoints[0]?.[0]?.stepIndex === 3);
  first.own.freeze();
  meanwhile(bus, generationId, made);
  await recordWhere(bus, generationId, ({ lease }) => lease?.holder === 'second');
  moved.resolve();
  const seen = await all(watched(second.client, { generationId }));
  t.after(() => events.return());
  return { seen, denoisers: made };
}

const one = (t: TestContext) => async (beforeAnswer: (n: number) => Promise<void>) => [
  await startFakeDenoiser(t, { beforeAnswer }),
];

function restartsOf(events: readonly GenerationEvent[]) {
  return events.flatMap((event) => (event.type === 'restarted' ? [event.stepIndex] : []));
}

for (const [how, change] of [
  ['changed', flipped],
  ['cut', cut],
] as const) {
  test(`a checkpoint that was ${how} is found by its checksum, and the one before is used`, async (t) => {
    const expected = await imageOf(t);
    const { seen } = await lostAtStepThree(t, one(t), (bus, id) => bus.damage(`${id}/1/0.3`, change));
    const [receipt] = receiptsOf(seen);
    assert.equal(receipt?.latentSha256, expected);
    assert.deepEqual(restartsOf(seen), []);
  });
}

test('without a checkpoint that is whole the image begins again, and its stream and receipt say so', async (t) => {
  const expected = await imageOf(t);
  const { seen } = await lostAtStepThree(t, one(t), (bus, id) => {
    bus.damage(`${id}/1/0.3`, cut);
    bus.damage(`${id}/1/0.2`, flipped);
  });
  const [receipt] = receiptsOf(seen);
  assert.equal(receipt?.latentSha256, expected);
  assert.deepEqual(restartsOf(seen), [0]);
  assert.deepEqual(receipt?.restarts, [{ stepIndex: 0, reason: 'none of its checkpoints can be used' }]);
});

test('another numeric class does not go on with a checkpoint: the image begins again in that class', async (t) => {
  const ofTwoClasses = async (beforeAnswer: (n: number) => Promise<void>) => [
    await startFakeDenoiser(t, { beforeAnswer, numericClass: 'class-a', workerId: 'a' }),
    await startFakeDenoiser(t, { numericClass: 'class-b', workerId: 'b', evaluationMs: 50 }),
  ];
  const { seen, denoisers } = await lostAtStepThree(t, ofTwoClasses, (_bus, _id, [inClassA]) => inClassA?.kill());
  const [receipt] = receiptsOf(seen);
  assert.deepEqual(restartsOf(seen), [0]);
  assert.deepEqual(receipt?.restarts, [{ stepIndex: 0, reason: 'no denoiser of its numeric class is left' }]);
  assert.match(receipt?.numericClass ?? '', /class-b/);
  assert.equal(denoisers[1]?.calls.length, STEPS);
});

test('a class that is lost while its gateway lives is given up in the same way', async (t) => {
  const blocked = deferred();
  t.after(() => blocked.resolve());
  const reached = deferred();
  const inClassA = await startFakeDenoiser(t, {
    numericClass: 'class-a',
    beforeAnswer: (n) => {
      if (n === 3) reached.resolve();
      return n < 3 ? Promise.resolve() : blocked.promise;
    },
  });
  const inClassB = await startFakeDenoiser(t, { numericClass: 'class-b', workerId: 'b', evaluationMs: 50 });
  const workers = [await startFakeTextEncoder(t), inClassA, inClassB, await startFakeDecoder(t)];
  const dispatchLimits = { workerWaitMs: 100, attempts: 5, minBackoffMs: 5 };
  const { client } = await startTestGateway(t, workers, { dispatchLimits });
  const events = all(generated(client, request));
  await reached.promise;
  inClassA.kill();
  const seen = await events;
  assert.deepEqual(restartsOf(seen), [0]);
  assert.equal(inClassB.calls.length, STEPS);
  assert.match(receiptsOf(seen)[0]?.numericClass ?? '', /class-b/);
});
