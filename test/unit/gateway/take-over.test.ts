import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SCHEDULER_NAMES, takesEta } from '@tessera/core';
import type { GenerateRequest } from '@tessera/proto';
import { createGenerationLog } from '@tessera/runtime';
import { deferred } from '../../support/deferred.js';
import { eventually } from '../../support/processes.js';
import { isOn } from '../../support/protections.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, generated, receiptsOf, startTestGateway, until, watched } from './test-gateway.js';
import { recordWhere, startTwoGateways } from './two-gateways.js';

async function workersOf(t: TestContext, beforeAnswer: (n: number) => Promise<void> = async () => {}) {
  const denoiser = await startFakeDenoiser(t, { beforeAnswer });
  const decoder = await startFakeDecoder(t);
  return { denoiser, decoder, all: [await startFakeTextEncoder(t), denoiser, decoder] };
}

/** The hashes of an undisturbed run. */
async function expectedOf(t: TestContext, request: GenerateRequest) {
  const workers = await workersOf(t);
  const { client } = await startTestGateway(t, workers.all);
  return receiptsOf(await all(generated(client, request))).map(hashesOf);
}

function hashesOf({ latentSha256, imageSha256 }: { latentSha256: string; imageSha256: string }) {
  return { latentSha256, imageSha256 };
}

const STEPS = 6;
const base = { prompt: 'a', seed: 11, steps: STEPS, keepFor: { seconds: 60, nanos: 0 } };
const CASES: readonly (readonly [string, GenerateRequest])[] = [
  ...SCHEDULER_NAMES.map((scheduler) => [scheduler, { ...base, scheduler }] as const),
  ...SCHEDULER_NAMES.filter(takesEta).map(
    (scheduler) => [`${scheduler}, η 0.7`, { ...base, scheduler, eta: 0.7 }] as const,
  ),
  ['guidance with rescale', { ...base, guidanceScale: 5, guidanceRescale: 0.5, scheduler: 'dpmpp-2m' }],
  ['a tiled canvas with noise', { ...base, width: 16, height: 12, scheduler: 'euler-ancestral' }],
  ['several images', { ...base, count: 3, scheduler: 'ddpm' }],
];

for (const [name, request] of CASES) {
  test(`${name}: the bits are those of the undisturbed run when its gateway is lost in the middle`, async (t) => {
    const expected = await expectedOf(t, request);
    // About half way, the first gateway waits for its denoiser until the generation has moved.
    const moved = deferred();
    t.after(() => moved.resolve());
    const { all: workers } = await workersOf(t, async (n) => {
      if (n >= halfWay) await moved.promise;
    });
    let halfWay = Number.POSITIVE_INFINITY;
    const { first, second, bus } = await startTwoGateways(t, workers);
    const events = generated(first.client, request);
    const { plan, generationId } = await until(events, 'accepted');
    halfWay = (plan.windows.length * plan.count * STEPS) / 2;
    await recordWhere(bus, generationId, ({ checkpoints }) => (checkpoints[0]?.[0]?.stepIndex ?? 0) >= 1);
    first.own.freeze();
    const { checkpoints } = await recordWhere(bus, generationId, ({ lease }) => lease?.holder === 'second');
    assert.ok((checkpoints[0]?.[0]?.stepIndex ?? STEPS) < STEPS, 'nothing was left to do');
    moved.resolve();
    const seen = await all(watched(second.client, { generationId }));
    assert.deepEqual(receiptsOf(seen).map(hashesOf), expected);
    assert.ok(seen.every(({ type }) => type !== 'restarted'));
    assert.equal(seen.filter(({ type }) => type === 'started').length, 1);
    await events.return();
  });
}

test('of a gateway that was frozen while its generation moved, nothing gets into the log', async (t) => {
  const letGo = deferred();
  const decodes = deferred();
  const mayDecode = deferred();
  t.after(() => mayDecode.resolve());
  const decoder = await startFakeDecoder(t, {
    beforeAnswer: () => {
      decodes.resolve();
      return mayDecode.promise;
    },
  });
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: (n) => (n < 2 ? Promise.resolve() : letGo.promise) });
  const protections = { expectsSequence: isOn('expected-sequence') };
  const workers = [await startFakeTextEncoder(t), denoiser, decoder];
  const { first, second, bus } = await startTwoGateways(t, workers, { protections });
  const events = generated(first.client, base);
  const { generationId } = await until(events, 'started');
  await recordWhere(bus, generationId, ({ checkpoints }) => checkpoints[0]?.[0]?.stepIndex === 2);
  first.own.freeze();
  // It has its next checkpoint to tell once it is back.
  letGo.resolve();
  await recordWhere(bus, generationId, ({ lease }) => lease?.holder === 'second');
  await decodes.promise;
  const before = await createGenerationLog(bus).read(generationId);
  first.own.thaw();
  const stopped = await eventually(() => !first.gateway.runs.has(generationId), 2_000);
  const after = await createGenerationLog(bus).read(generationId);
  assert.equal(after?.logSequence, before?.logSequence);
  assert.deepEqual(after?.lease, { holder: 'second', fence: 2 });
  assert.ok(stopped, 'the first gateway went on');
  mayDecode.resolve();
  assert.equal((await all(watched(second.client, { generationId }))).at(-1)?.type, 'completed');
  assert.equal((await until(events, 'completed')).images.length, 1);
});
