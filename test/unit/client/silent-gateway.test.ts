import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect } from '@tessera/client';
import type { GenerationEvent } from '@tessera/core';
import { isOn } from '../../support/protections.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import {
  accepted,
  cancelled,
  collect,
  progress,
  started,
  startFakeGenerationService,
  told,
} from './fake-generation-service.js';

/** The longest that a timer can be set to. */
const NEVER_MS = 2 ** 31 - 1;
/** Of the stream; many times what it takes. */
const LIMIT_MS = 8_000;
const reconnect = { attempts: 20, initialDelayMs: 5, maxDelayMs: 50, silentMs: 100, answerMs: 200 };

test('a gateway from which nothing comes any more, though its connection is open, is left for another', {
  timeout: 20_000,
}, async (t) => {
  const first = await startFakeGenerationService({
    async *generate(_request, signal) {
      yield accepted;
      yield started;
      yield progress(0);
      await once(signal, 'abort');
    },
  });
  const network = await TcpProxy.start(Number(first.address.split(':')[1]));
  const second = await startFakeGenerationService({
    async *watch() {
      yield progress(1);
      yield cancelled(2);
    },
  });
  const address = [`127.0.0.1:${network.port}`, second.address];
  const silentMs = isOn('silent-gateways-are-left') ? reconnect.silentMs : NEVER_MS;
  const client = connect({ address, spread: false, reconnect: { ...reconnect, silentMs }, callTimeoutMs: 500 });
  t.after(async () => {
    client.close();
    await network[Symbol.asyncDispose]();
    first.close();
    second.close();
  });
  const events: GenerationEvent[] = [];
  for await (const event of client.generate({ prompt: 'x' }, { signal: AbortSignal.timeout(LIMIT_MS) })) {
    events.push(event);
    if (event.type === 'progress') network.part('both');
  }
  assert.deepEqual(told(events), ['accepted', 'started', 'progress 0', 'progress 1', 'cancelled']);
});

test('a gateway that answers may be silent: its stream is not left', { timeout: 20_000 }, async (t) => {
  let watched = 0;
  const service = await startFakeGenerationService({
    async *generate() {
      yield accepted;
      yield started;
      // Several times as long as it takes to ask.
      await new Promise((resolve) => setTimeout(resolve, 10 * reconnect.silentMs));
      yield cancelled(0);
    },
    async *watch() {
      watched += 1;
      yield cancelled(0);
    },
  });
  const client = connect({ address: service.address, reconnect: { ...reconnect, answerMs: 10_000 } });
  t.after(() => {
    client.close();
    service.close();
  });
  assert.deepEqual(told(await collect(client.generate({ prompt: 'x' }))), ['accepted', 'started', 'cancelled']);
  assert.equal(watched, 0);
});

test('a gateway that takes connections and never answers is left before anything was accepted', {
  timeout: 20_000,
}, async (t) => {
  const heard: Socket[] = [];
  const deaf = createServer((socket) => void heard.push(socket)).listen(0, '127.0.0.1');
  await once(deaf, 'listening');
  const service = await startFakeGenerationService({
    async *generate() {
      yield accepted;
      yield started;
      yield cancelled(0);
    },
  });
  const bound = deaf.address();
  const port = typeof bound === 'object' ? bound?.port : undefined;
  const client = connect({ address: [`127.0.0.1:${port}`, service.address], spread: false, reconnect });
  t.after(() => {
    client.close();
    service.close();
    for (const socket of heard) socket.destroy();
    deaf.close();
  });
  assert.deepEqual(told(await collect(client.generate({ prompt: 'x' }))), ['accepted', 'started', 'cancelled']);
});
