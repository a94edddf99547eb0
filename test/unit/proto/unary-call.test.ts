import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import {
  type CancelRequest,
  type CancelResponse__Output,
  callUnary,
  type GenerationServiceClient,
  tesseraV1,
  unary,
} from '@tessera/proto';
import { deferred } from '../../support/deferred.js';
import { served } from '../../support/served.js';

const noFaults = (thrown: unknown) => assert.fail(`reported as a fault: ${thrown}`);

function cancel(
  client: GenerationServiceClient,
  options: { signal?: AbortSignal; deadline?: Date },
): Promise<CancelResponse__Output> {
  return callUnary<CancelRequest, CancelResponse__Output>(
    (request, metadata, callOptions, callback) => client.cancel(request, metadata, callOptions, callback),
    { generationId: 'g' },
    new Metadata(),
    options,
  );
}

/** Answers only when its caller leaves, and tells when it was entered and left. */
function waitingMethod() {
  const entered = deferred();
  const left = deferred();
  const method = unary(async (_request, signal) => {
    entered.resolve();
    await once(signal, 'abort');
    left.resolve();
    throw signal.reason;
  }, noFaults);
  return { method, entered: entered.promise, left: left.promise };
}

test('aborting a call aborts the signal of its handler', async (t) => {
  const { method, entered, left } = waitingMethod();
  const client = await served(t, tesseraV1.GenerationService, { cancel: method });
  const caller = new AbortController();
  const call = cancel(client, { signal: caller.signal });
  await entered;
  const reason = new Error('the user left');
  caller.abort(reason);
  await assert.rejects(call, reason);
  await left;
});

test('a deadline that passes aborts the signal of the handler', async (t) => {
  const { method, left } = waitingMethod();
  const client = await served(t, tesseraV1.GenerationService, { cancel: method });
  await assert.rejects(cancel(client, { deadline: new Date(Date.now() + 200) }), { code: 'deadline_exceeded' });
  await left;
});

test('an aborted signal makes no call', async (t) => {
  let calls = 0;
  const counting = unary(() => {
    calls += 1;
    return { state: 'GENERATION_STATE_CANCELLED' };
  }, noFaults);
  const client = await served(t, tesseraV1.GenerationService, { cancel: counting });
  await assert.rejects(cancel(client, { signal: AbortSignal.abort(new Error('before')) }), { message: 'before' });
  assert.equal((await cancel(client, {})).state, 'GENERATION_STATE_CANCELLED');
  assert.equal(calls, 1);
});

test('a call on a closed client is unavailable', async (t) => {
  const client = await served(t, tesseraV1.GenerationService, {});
  client.close();
  await assert.rejects(cancel(client, {}), { name: 'TesseraError', code: 'unavailable' });
});
