import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { duplexCall, duplexStream, type PredictRequest__Output, type PredictResponse, tesseraV1 } from '@tessera/proto';
import { deferred } from '../../support/deferred.js';
import { eventually } from '../../support/processes.js';
import { served } from '../../support/served.js';

const noFaults = (thrown: unknown) => assert.fail(`reported as a fault: ${thrown}`);
const callOf = (callId: number, padding = 0) => ({
  call: { callId, model: 'm'.repeat(padding), timestep: 0, conditioningIds: [], inputs: [] },
});
const answerTo = (request: PredictRequest__Output): PredictResponse => ({ callId: request.call?.callId ?? '0' });

test('many calls go both ways over one stream, which ends when the client has no more', async (t) => {
  const predict = duplexStream<PredictRequest__Output, PredictResponse>(async function* (requests) {
    for await (const request of requests) yield answerTo(request);
  }, noFaults);
  const client = await served(t, tesseraV1.DenoiserService, { predict });
  const { write, end, responses } = duplexCall(client.predict());
  const sending = (async () => {
    for (let callId = 1; callId <= 100; callId += 1) await write(callOf(callId));
    end();
  })();
  const answered: number[] = [];
  for await (const { callId } of responses) answered.push(Number(callId));
  await sending;
  assert.deepEqual(
    answered,
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
});

test('leaving the loop over responses makes the requests throw on the server, and its finally runs', async (t) => {
  const thrown = deferred<unknown>();
  const predict = duplexStream<PredictRequest__Output, PredictResponse>(async function* (requests, signal) {
    try {
      for await (const request of requests) yield answerTo(request);
    } catch (error) {
      thrown.resolve(error);
    } finally {
      assert.ok(signal.aborted);
    }
  }, noFaults);
  const client = await served(t, tesseraV1.DenoiserService, { predict });
  const { write, responses } = duplexCall(client.predict());
  await write(callOf(1));
  for await (const _ of responses) break;
  const error = await thrown.promise;
  assert.ok(error instanceof TesseraError && error.code === 'cancelled', String(error));
});

test('a handler that throws gives its status to the responses and to the next write', async (t) => {
  const predict = duplexStream<PredictRequest__Output, PredictResponse>(async function* (requests) {
    for await (const request of requests) {
      yield answerTo(request);
      throw new TesseraError('failed_precondition', 'another model', { reason: 'MODEL_CHANGED' });
    }
  }, noFaults);
  const client = await served(t, tesseraV1.DenoiserService, { predict });
  const { write, responses } = duplexCall(client.predict());
  await write(callOf(1));
  const failure = { code: 'failed_precondition', reason: 'MODEL_CHANGED' };
  await assert.rejects(async () => {
    for await (const { callId } of responses) assert.equal(callId, '1');
  }, failure);
  await assert.rejects(write(callOf(2)), failure);
});

test('a handler that stops reading early still ends the call', async (t) => {
  const predict = duplexStream<PredictRequest__Output, PredictResponse>(async function* (requests) {
    for await (const request of requests) {
      yield answerTo(request);
      break;
    }
    yield { callId: 7 };
  }, noFaults);
  const client = await served(t, tesseraV1.DenoiserService, { predict });
  const { write, responses } = duplexCall(client.predict());
  await write(callOf(1));
  const answered: string[] = [];
  for await (const { callId } of responses) answered.push(callId);
  assert.deepEqual(answered, ['1', '7']);
  await assert.rejects(write(callOf(2)), { code: 'unavailable' });
});

test('a handler that is slow to read holds its client back', async (t) => {
  const release = deferred();
  const predict = duplexStream<PredictRequest__Output, PredictResponse>(async function* (requests) {
    for await (const request of requests) {
      await release.promise;
      yield answerTo(request);
    }
  }, noFaults);
  const client = await served(t, tesseraV1.DenoiserService, { predict });
  const caller = new AbortController();
  const { write, responses } = duplexCall(client.predict(), caller.signal);
  let written = 0;
  const total = 200;
  const sending = (async () => {
    for (; written < total; written += 1) await write(callOf(written, 256 * 1024));
  })();
  let before = -1;
  await eventually(() => {
    const stood = written === before;
    before = written;
    return stood;
  }, 5_000);
  // 16 messages queued on each side and what windows and sockets hold.
  assert.ok(written < 80, `${written} messages were taken from the client`);
  release.resolve();
  let answered = 0;
  for await (const _ of responses) {
    answered += 1;
    if (answered === total) break;
  }
  await sending;
});

test('aborting the signal lets a waiting write go, with the reason', async (t) => {
  const predict = duplexStream<PredictRequest__Output, PredictResponse>(async function* (_requests, signal) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    yield { callId: 0 };
  }, noFaults);
  const client = await served(t, tesseraV1.DenoiserService, { predict });
  const caller = new AbortController();
  const { write, responses } = duplexCall(client.predict(), caller.signal);
  const reading = responses.next();
  const sending = (async () => {
    for (let callId = 0; ; callId += 1) await write(callOf(callId, 256 * 1024));
  })();
  const reason = new Error('enough');
  setImmediate(() => caller.abort(reason));
  await assert.rejects(sending, reason);
  await assert.rejects(reading, reason);
});
