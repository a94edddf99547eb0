import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferred } from '../support/deferred.js';
import { eventually } from '../support/processes.js';
import { startViewers } from '../support/viewer-process.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from '../unit/gateway/fake-workers.js';
import { asked, startTestGateway } from '../unit/gateway/test-gateway.js';

/** A connection whose other side answers no ping is given up after 13 s; twice that for a busy machine. */
const FOUND_WITHIN_MS = 26_000;

test('a client that is frozen is found, and counts as having left', async (t) => {
  const never = deferred();
  t.after(() => never.resolve());
  const workers = [
    await startFakeTextEncoder(t),
    await startFakeDenoiser(t, { beforeAnswer: () => never.promise }),
    await startFakeDecoder(t),
  ];
  const { client, address } = await startTestGateway(t, workers);
  await using viewers = startViewers({ address, viewers: 1, stall: false, generate: { prompt: 'a' } });
  await viewers.line((line) => 'event' in line && line.event === 'started');
  viewers.process.kill('SIGSTOP');
  const state = async () => (await asked(client, 'listGenerations', {})).generations[0]?.state;
  assert.equal(await state(), 'GENERATION_STATE_RUNNING');
  const isCancelled = async () => (await state()) === 'GENERATION_STATE_CANCELLED';
  assert.ok(await eventually(isCancelled, FOUND_WITHIN_MS));
});
