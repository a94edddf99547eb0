import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { callStream, serverStream, tesseraV1 } from '@tessera/proto';
import {
  connectChannel,
  MAX_MESSAGE_BYTES,
  type RunningServer,
  startHealthServer,
  startServer,
} from '@tessera/runtime';
import { deferred } from '../../support/deferred.js';
import { healthClient } from '../../support/health-client.js';
import { isOn } from '../../support/protections.js';

const SERVICE = 'tessera.v1.GenerationService';
const noFaults = (thrown: unknown) => assert.fail(`reported as a fault: ${thrown}`);

function serve(implementation = {}, health: readonly string[] = [SERVICE]): Promise<RunningServer> {
  const definition = tesseraV1.GenerationService.service;
  const protections = { endsCallsFirst: isOn('calls-end-before-goaway') };
  return startServer({ listen: '127.0.0.1:0', services: [{ definition, implementation }], health, protections });
}

/** A stream that goes on until its client leaves or `release` lets it end. */
function openStream() {
  const release = deferred();
  const downloadImage = serverStream(async function* (_request, signal) {
    yield { offset: 1 };
    await Promise.race([release.promise, once(signal, 'abort')]);
    yield { offset: 2 };
  }, noFaults);
  return { downloadImage, release: release.resolve };
}

test('health tells every service and the whole, which serves when all do', async (t) => {
  const server = await serve({}, ['a', 'b']);
  const health = healthClient(server.address);
  t.after(async () => {
    health.close();
    await server.stop(0);
  });
  const all = () => Promise.all(['', 'a', 'b'].map((service) => health.check(service)));
  assert.deepEqual(await all(), ['NOT_SERVING', 'NOT_SERVING', 'NOT_SERVING']);
  server.setServing('a', true);
  assert.deepEqual(await all(), ['NOT_SERVING', 'SERVING', 'NOT_SERVING']);
  server.setServing('b', true);
  assert.deepEqual(await all(), ['SERVING', 'SERVING', 'SERVING']);
  server.setServing('a', false);
  assert.deepEqual(await all(), ['NOT_SERVING', 'NOT_SERVING', 'SERVING']);
  await assert.rejects(health.check('c'), { code: 'not_found' });
  assert.throws(() => server.setServing('c', true), RangeError);
});

test('a server of health alone shows the health of the other, and nothing else', async (t) => {
  const server = await serve();
  const probes = await startHealthServer({ listen: '127.0.0.1:0', health: server.health });
  const health = healthClient(probes.address);
  const channel = connectChannel(probes.address);
  t.after(async () => {
    health.close();
    channel.close();
    await Promise.all([server.stop(0), probes.stop()]);
  });
  assert.equal(await health.check(SERVICE), 'NOT_SERVING');
  server.setServing(SERVICE, true);
  assert.equal(await health.check(SERVICE), 'SERVING');
  const stream = callStream(channel.client(tesseraV1.GenerationService).downloadImage({}));
  await assert.rejects(stream.next(), { message: /Unimplemented|not implement/i });
});

test('an address in use is unavailable, by name', async (t) => {
  const server = await serve();
  t.after(() => server.stop(0));
  const second = startServer({ listen: server.address, services: [], health: [] });
  await assert.rejects(second, (thrown: Error) => {
    assert.match(thrown.message, new RegExp(`cannot listen on ${server.address}: .*EADDRINUSE`));
    return 'code' in thrown && thrown.code === 'unavailable';
  });
});

test('stopping lets an open call end by itself, and takes no new one', async (t) => {
  const { downloadImage, release } = openStream();
  const server = await serve({ downloadImage });
  const [first, second] = [connectChannel(server.address), connectChannel(server.address)];
  t.after(() => {
    first.close();
    second.close();
  });
  const stream = callStream(first.client(tesseraV1.GenerationService).downloadImage({}));
  assert.equal((await stream.next()).value?.offset, '1');
  const stopped = server.stop(60_000);
  const refused = callStream(second.client(tesseraV1.GenerationService).downloadImage({}));
  await assert.rejects(refused.next(), { code: 'unavailable' });
  release();
  assert.equal((await stream.next()).value?.offset, '2');
  assert.equal((await stream.next()).done, true);
  await stopped;
});

test('a call that outlives the grace is unavailable to its client, and its handler hears of it', async (t) => {
  const left = deferred();
  const downloadImage = serverStream(async function* (_request, signal) {
    yield { offset: 1 };
    await once(signal, 'abort');
    left.resolve();
  }, noFaults);
  const server = await serve({ downloadImage });
  const channel = connectChannel(server.address);
  t.after(() => channel.close());
  const stream = callStream(channel.client(tesseraV1.GenerationService).downloadImage({}));
  await stream.next();
  await Promise.all([server.stop(50), assert.rejects(stream.next(), { code: 'unavailable' }), left.promise]);
});

test('a client that reads nothing does not hold up a shutdown', { timeout: 10_000 }, async (t) => {
  const downloadImage = serverStream(async function* () {
    for (;;) yield { data: Buffer.alloc(1024 * 1024) };
  }, noFaults);
  const server = await serve({ downloadImage });
  const channel = connectChannel(server.address);
  t.after(() => channel.close());
  const stream = callStream(channel.client(tesseraV1.GenerationService).downloadImage({}));
  await stream.next();
  await server.stop(0);
});

test("a client's keepalive does not kill a call that ends in peace during a shutdown", async (t) => {
  const { downloadImage, release } = openStream();
  const server = await serve({ downloadImage });
  const channel = connectChannel(server.address, { 'grpc.keepalive_time_ms': 50 });
  t.after(() => channel.close());
  const stream = callStream(channel.client(tesseraV1.GenerationService).downloadImage({}));
  await stream.next();
  const stopped = server.stop(60_000);
  // Time for several pings.
  await delay(400);
  release();
  assert.equal((await stream.next()).value?.offset, '2');
  assert.equal((await stream.next()).done, true);
  await stopped;
});

test('a watched health says that nothing is served any more, ends, and does not hold up a shutdown', async (t) => {
  const server = await serve();
  server.setServing(SERVICE, true);
  const health = healthClient(server.address);
  t.after(() => health.close());
  const watch = health.watch(SERVICE);
  assert.equal((await watch.next()).value, 'SERVING');
  const stopped = server.stop(3_600_000);
  assert.equal((await watch.next()).value, 'NOT_SERVING');
  assert.equal((await watch.next()).done, true);
  await stopped;
});

test('messages up to the limit pass, larger ones are refused', async (t) => {
  const downloadImage = serverStream(async function* (request: { imageId: string }) {
    yield { sizeBytes: request.imageId.length };
  }, noFaults);
  const server = await serve({ downloadImage });
  const channel = connectChannel(server.address);
  t.after(async () => {
    channel.close();
    await server.stop(0);
  });
  const client = channel.client(tesseraV1.GenerationService);
  const send = (length: number) => callStream(client.downloadImage({ imageId: 'x'.repeat(length) })).next();
  const length = MAX_MESSAGE_BYTES - 1024;
  assert.equal((await send(length)).value?.sizeBytes, `${length}`);
  await assert.rejects(send(MAX_MESSAGE_BYTES + 1), { code: 'resource_exhausted' });
});

test('a channel finds a server that was started again', async (t) => {
  const { downloadImage } = openStream();
  const first = await serve({ downloadImage });
  const channel = connectChannel(first.address);
  const client = channel.client(tesseraV1.GenerationService);
  for await (const _ of callStream(client.downloadImage({}))) break;
  await first.stop(0);
  await assert.rejects(callStream(client.downloadImage({})).next(), { code: 'unavailable' });
  const definition = tesseraV1.GenerationService.service;
  const second = await startServer({
    listen: first.address,
    services: [{ definition, implementation: { downloadImage } }],
    health: [SERVICE],
  });
  t.after(async () => {
    channel.close();
    await second.stop(0);
  });
  // wait_for_ready: the call waits for the connection, which is tried again within two seconds.
  const metadata = new Metadata({ waitForReady: true });
  const deadline = new Date(Date.now() + 10_000);
  const stream = callStream(client.downloadImage({}, metadata, { deadline }));
  assert.equal((await stream.next()).value?.offset, '1');
  await stream.return();
});
