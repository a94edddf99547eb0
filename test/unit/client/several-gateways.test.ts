import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '@tessera/client';
import { type GenerationEvent, TesseraError } from '@tessera/core';
import { accepted, cancelled, progress, started, startFakeGenerationService, told } from './fake-generation-service.js';

/** Waits of seconds, so that a test that met one would not end in time. */
const reconnect = { attempts: 3, initialDelayMs: 20_000, maxDelayMs: 20_000 };
const resume = () => new TesseraError('unavailable', 'going down', { reason: 'RESUME' });

test('a gateway that goes down is left for the next one at once, and the stream goes on there', {
  timeout: 10_000,
}, async () => {
  let asked = 0;
  const behaviour = {
    async *generate() {
      asked += 1;
      yield accepted;
      yield started;
      yield progress(0);
      throw resume();
    },
    async *watch() {
      asked += 1;
      yield progress(1);
      yield cancelled(2);
    },
  };
  const services = [await startFakeGenerationService(behaviour), await startFakeGenerationService(behaviour)];
  const client = connect({ address: services.map(({ address }) => address).join(','), reconnect });
  const events: GenerationEvent[] = [];
  try {
    for await (const event of client.generate({ prompt: 'x' })) events.push(event);
    assert.deepEqual(told(events), ['accepted', 'started', 'progress 0', 'progress 1', 'cancelled']);
    assert.equal(asked, 2);
  } finally {
    client.close();
    for (const service of services) service.close();
  }
});

test('a connection that is cut ten times, with another gateway each time: every durable event once and in order', async () => {
  const STEPS = 10;
  let step = 0;
  const used: string[] = [];
  const services: Awaited<ReturnType<typeof startFakeGenerationService>>[] = [];
  async function* go(name: string) {
    used.push(name);
    if (step === 0) yield accepted;
    yield started;
    // What it repeats the client must not hand on.
    if (step > 0) yield progress(step - 1);
    yield progress(step);
    step += 1;
    if (step <= STEPS) throw new TesseraError('unavailable', 'the connection is cut');
    yield cancelled(step);
  }
  for (const name of ['a', 'b', 'c']) {
    services.push(
      await startFakeGenerationService({
        generate: () => go(name),
        watch: () => go(name),
      }),
    );
  }
  const address = services.map((service) => service.address);
  const client = connect({ address, reconnect: { attempts: 5, initialDelayMs: 5, maxDelayMs: 5 } });
  const events: GenerationEvent[] = [];
  try {
    for await (const event of client.generate({ prompt: 'x' })) events.push(event);
    const steps = Array.from({ length: STEPS + 1 }, (_, i) => `progress ${i}`);
    assert.deepEqual(told(events), ['accepted', 'started', ...steps, 'cancelled']);
    assert.equal(used.length, STEPS + 1);
    for (const [i, name] of used.entries()) assert.notEqual(name, used[i + 1]);
  } finally {
    client.close();
    for (const service of services) service.close();
  }
});

test('what one gateway cannot be asked, another is: calls and health', async () => {
  const gone = await startFakeGenerationService({});
  const there = await startFakeGenerationService({ cancel: () => {} });
  gone.close();
  for (let i = 0; i < 4; i += 1) {
    const client = connect({ address: [gone.address, there.address] });
    assert.equal(await client.cancel('g-1'), 'cancelled');
    client.close();
  }
  there.close();
});

test('no address at all is refused', () => {
  assert.throws(() => connect({ address: ' , ' }), { code: 'invalid_argument', field: 'address' });
});
