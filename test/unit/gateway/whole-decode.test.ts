import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder, tinyCard } from './fake-workers.js';
import { all, generated, receiptsOf, startTestGateway } from './test-gateway.js';

const card = { ...tinyCard, decoder: { ...tinyCard.decoder, bands: { bytesPerCell: 64, fewestRows: 1, reach: 1 } } };
const noMemory = () => ({ code: status.RESOURCE_EXHAUSTED, details: 'no memory' });

async function startGateway(t: TestContext, failure?: typeof noMemory) {
  const decoder = await startFakeDecoder(t, { card, decodesBands: true, ...(failure && { failure }) });
  const workers = [await startFakeTextEncoder(t, { card }), await startFakeDenoiser(t, { card }), decoder];
  return { client: (await startTestGateway(t, workers)).client, decoder };
}

test('a large image that no decoder did whole is decoded in bands, and its receipt says so', async (t) => {
  const large = { prompt: 'a red apple', seed: 7, steps: 2, width: 16, height: 16 };
  const whole = await startGateway(t);
  const [expected] = receiptsOf(await all(generated(whole.client, large)));
  const { client, decoder } = await startGateway(t, noMemory);
  const [receipt] = receiptsOf(await all(generated(client, large)));
  assert.equal(receipt?.imageSha256, expected?.imageSha256);
  assert.equal(receipt?.latentSha256, expected?.latentSha256);
  assert.equal(expected?.numericClass, 'class-a');
  assert.equal(receipt?.numericClass, 'class-a+class-a-in-bands');
  assert.ok(decoder.decodes() > 1, 'whole decodes are tried first');
});

test('an image of native size is not: it fails', async (t) => {
  const { client } = await startGateway(t, noMemory);
  const native = { prompt: 'a red apple', seed: 7, steps: 2, width: 8, height: 8 };
  await assert.rejects(all(generated(client, native)), { code: 'unavailable' });
});
