import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { GenerationServiceClient } from '@tessera/proto';
import {
  type FakeWorker,
  startFakeDecoder,
  startFakeDenoiser,
  startFakeTextEncoder,
  tinyCard,
} from './fake-workers.js';
import { all, asked, generated, startTestGateway } from './test-gateway.js';

async function workers(t: Parameters<typeof startTestGateway>[0], card = tinyCard): Promise<FakeWorker[]> {
  const options = { card };
  return [
    await startFakeTextEncoder(t, options),
    await startFakeDenoiser(t, options),
    await startFakeDecoder(t, options),
  ];
}

async function downloaded(client: GenerationServiceClient, generationId: string, imageId: string, offset: number) {
  const messages = [];
  for await (const message of client.downloadImage({ generationId, imageId, offset })) messages.push(message);
  return messages;
}

/** 1024×1024 pixels, whose noise a PNG cannot make small. */
const largeCard = {
  ...tinyCard,
  latentFormat: { ...tinyCard.latentFormat, spatialCompression: 256 },
  defaults: { ...tinyCard.defaults, width: 1024, height: 1024, steps: 1 },
};

test('a large image is not in the event, and comes by DownloadImage from any offset', async (t) => {
  const { client } = await startTestGateway(t, await workers(t, largeCard));
  const events = await all(generated(client, { prompt: 'a', seed: 1, guidanceScale: 1 }));
  const last = events.at(-1);
  assert.ok(last?.type === 'completed');
  const { generationId } = last;
  const { imageId, sizeBytes, fileSha256, data } = last.images[0]?.image ?? { imageId: '', sizeBytes: 0 };
  assert.equal(data, undefined);
  assert.ok(sizeBytes > 512 * 1024, `${sizeBytes} bytes`);

  const whole = await downloaded(client, generationId, imageId, 0);
  const file = Buffer.concat(whole.map((message) => message.data));
  assert.equal(Number(whole[0]?.sizeBytes), sizeBytes);
  assert.equal(createHash('sha256').update(file).digest('hex'), fileSha256);
  assert.ok(whole.every((message) => message.data.length <= 1_000_000));
  const from = sizeBytes - 1000;
  const rest = await downloaded(client, generationId, imageId, from);
  assert.deepEqual(Buffer.concat(rest.map((message) => message.data)), file.subarray(from));
  assert.equal(Number(rest[0]?.offset), from);

  const [nothing, ...more] = await downloaded(client, generationId, imageId, sizeBytes);
  assert.deepEqual([nothing?.data.length, Number(nothing?.sizeBytes), more.length], [0, sizeBytes, 0]);
  await assert.rejects(downloaded(client, generationId, imageId, sizeBytes + 1), { code: status.INVALID_ARGUMENT });
  await assert.rejects(downloaded(client, generationId, '1-7', 0), { code: status.NOT_FOUND });
});

test('generations are listed newest first, page by page, by state', async (t) => {
  const { client } = await startTestGateway(t, await workers(t));
  const ids: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const events = await all(generated(client, { prompt: `number ${i}`, steps: 1 }));
    ids.unshift(events[0]?.generationId ?? '');
    // Listing is by creation in whole milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const listed: string[] = [];
  let pageToken = '';
  do {
    const page = await asked(client, 'listGenerations', { pageSize: 2, pageToken });
    listed.push(...page.generations.map((generation) => generation.generationId));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  assert.deepEqual(listed, ids);
  const failed = await asked(client, 'listGenerations', { state: 'GENERATION_STATE_FAILED' });
  assert.deepEqual(failed.generations, []);
  const refused = { code: 'invalid_argument' };
  await assert.rejects(asked(client, 'listGenerations', { pageSize: 0 }), { ...refused, field: 'page_size' });
  await assert.rejects(asked(client, 'listGenerations', { pageToken: '!' }), { ...refused, field: 'page_token' });
});

test('a deleted generation is gone, with its images', async (t) => {
  const { client, bus } = await startTestGateway(t, await workers(t));
  const events = await all(generated(client, { prompt: 'a', steps: 1 }));
  const generationId = events[0]?.generationId ?? '';
  const { generation } = await asked(client, 'getGeneration', { generationId });
  assert.equal(generation?.state, 'GENERATION_STATE_COMPLETED');
  assert.equal(generation?.prompt, 'a');
  assert.equal(generation?.result?.completed?.image?.data.length, 0);
  assert.equal((await bus.objects.list('')).length, 1);
  await asked(client, 'deleteGeneration', { generationId });
  await assert.rejects(asked(client, 'getGeneration', { generationId }), { code: 'not_found' });
  assert.deepEqual(await bus.objects.list(''), []);
  assert.deepEqual((await asked(client, 'listGenerations', {})).generations, []);
});

test('models and workers are told as they are', async (t) => {
  const { client } = await startTestGateway(t, await workers(t));
  const { models } = await asked(client, 'listModels', {});
  assert.equal(models.length, 1);
  const [model] = models;
  assert.deepEqual(
    [model?.name, model?.sha256, model?.nativeWidth, model?.sizeMultiple, model?.defaultSteps, model?.isDefault],
    ['tiny', tinyCard.sha256, 8, 2, 4, true],
  );
  const status = await asked(client, 'getClusterStatus', {});
  assert.deepEqual(status.workers.map(({ stage, state, pid }) => [stage, state, pid]).sort(), [
    ['STAGE_DECODER', 'WORKER_STATE_READY', process.pid],
    ['STAGE_DENOISER', 'WORKER_STATE_READY', process.pid],
    ['STAGE_TEXT_ENCODER', 'WORKER_STATE_READY', process.pid],
  ]);
});
