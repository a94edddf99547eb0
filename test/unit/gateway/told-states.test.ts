import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Bus, createGenerationLog, createMemoryBus } from '@tessera/runtime';
import { deferred } from '../../support/deferred.js';
import { eventually } from '../../support/processes.js';
import { isOn } from '../../support/protections.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, generated, receiptsOf, startTestGateway, until, watched } from './test-gateway.js';
import { EveryStep, FAST_LEASES, Never, recordWhere, startTwoGateways } from './two-gateways.js';

const STEPS = 6;
const request = { prompt: 'a', seed: 11, steps: STEPS, scheduler: 'ddpm', keepFor: { seconds: 60, nanos: 0 } };
/** Only what is told is to be had. */
const pacings = { checkpointPacing: new Never(), statePacing: new EveryStep() };

async function undisturbed(t: TestContext) {
  const workers = [await startFakeTextEncoder(t), await startFakeDenoiser(t), await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers);
  return receiptsOf(await all(generated(client, request)))[0]?.latentSha256;
}

async function told(t: TestContext, bus: Bus, generationId: string, stepIndex: number) {
  for await (const { payload } of bus.live.subscribe(`gen.${generationId}.state.0`, t.signal)) {
    if (Buffer.from(payload).includes(`"stepIndex":${stepIndex},`)) return;
  }
}

test('what was told of a lost gateway’s image is not made again, nor is it decoded before it is stored', async (t) => {
  const expected = await undisturbed(t);
  const [lost, decodes, mayDecode] = [deferred(), deferred(), deferred()];
  t.after(() => [lost, mayDecode].map(({ resolve }) => resolve()));
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: async (n) => (n === 4 ? lost.promise : undefined) });
  const decoder = await startFakeDecoder(t, {
    beforeAnswer: () => {
      decodes.resolve();
      return mayDecode.promise;
    },
  });
  const protections = { tellsStates: isOn('states-are-told') };
  const workers = [await startFakeTextEncoder(t), denoiser, decoder];
  const { first, second, bus } = await startTwoGateways(t, workers, { ...pacings, protections });
  const events = generated(first.client, request);
  const { generationId } = await until(events, 'started');
  if (protections.tellsStates) await told(t, bus, generationId, 4);
  assert.ok(await eventually(() => denoiser.calls.length === 5, 10_000));
  first.own.freeze();
  await recordWhere(bus, generationId, ({ lease }) => lease?.holder === 'second');
  await decodes.promise;
  // Four steps by the first, whose fifth is lost with it, and two by the second.
  assert.equal(denoiser.calls.length, STEPS + 1);
  const record = await createGenerationLog(bus).read(generationId);
  assert.equal(record?.checkpoints[0]?.[0]?.stepIndex, STEPS);
  mayDecode.resolve();
  const seen = await all(watched(second.client, { generationId }));
  assert.equal(receiptsOf(seen)[0]?.latentSha256, expected);
  assert.ok(seen.every(({ type }) => type !== 'restarted'));
  await events.return();
});

test('an image whose last step was told and not stored is stored before it is decoded', async (t) => {
  const expected = await undisturbed(t);
  const decodes = deferred();
  const denoiser = await startFakeDenoiser(t);
  const decoder = await startFakeDecoder(t, { beforeAnswer: async () => decodes.resolve() });
  const workers = [await startFakeTextEncoder(t), denoiser, decoder];
  const shared = createMemoryBus({ presenceExpiryMs: FAST_LEASES.expiryMs });
  const over = deferred();
  t.after(() => over.resolve());
  // Nothing of the first holder is stored in time.
  const put: Bus['objects']['put'] = async (name, bytes) => {
    if (name.includes('/1/')) await over.promise;
    await shared.objects.put(name, bytes);
  };
  const bus = { ...shared, connectedMs: () => shared.connectedMs(), objects: { ...shared.objects, put } };
  const { first, second } = await startTwoGateways(t, workers, { ...pacings, bus });
  const events = generated(first.client, request);
  const { generationId } = await until(events, 'started');
  await told(t, bus, generationId, STEPS);
  first.own.freeze();
  await decodes.promise;
  const record = await createGenerationLog(bus).read(generationId);
  assert.equal(record?.lease?.holder, 'second');
  assert.equal(record?.checkpoints[0]?.[0]?.stepIndex, STEPS);
  const seen = await all(watched(second.client, { generationId }));
  assert.equal(denoiser.calls.length, STEPS);
  assert.equal(receiptsOf(seen)[0]?.latentSha256, expected);
  await events.return();
});
