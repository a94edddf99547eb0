import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { Admission, type Candidate } from '@tessera/gateway';

const { signal: never } = new AbortController();
const candidate = (told: [number, number][] = [], remainingEvaluations = 10): Candidate => {
  return {
    tenant: 'default',
    priority: 5,
    remainingEvaluations,
    onPosition: (position, remainingMs) => told.push([position, remainingMs]),
  };
};
const limits = { maxWaiting: 2, maxRunning: () => 1, forecastMs: (evaluations: number) => 100 * evaluations };

test('beyond what runs at once generations wait their turn, and hear of their place and of the time', async () => {
  const admission = new Admission(limits);
  const release = await admission.enter(candidate(), never);
  const [second, third]: [number, number][][] = [[], []];
  const secondEnters = admission.enter(candidate(second), never);
  const thirdEnters = admission.enter(candidate(third), never);
  assert.deepEqual([admission.running, admission.queued], [1, 2]);
  assert.deepEqual(second.at(-1), [1, 1_000]);
  assert.deepEqual(third.at(-1), [2, 2_000]);
  release();
  const releaseSecond = await secondEnters;
  assert.deepEqual(third.at(-1), [1, 1_000]);
  releaseSecond();
  (await thirdEnters)();
  assert.deepEqual([admission.running, admission.queued], [0, 0]);
});

test('one more than may wait is refused, with the time until a place is free', async () => {
  const admission = new Admission(limits);
  await admission.enter(candidate(), never);
  admission.assertRoom();
  for (let i = 0; i < 2; i += 1) void admission.enter(candidate(), never);
  assert.throws(
    () => admission.assertRoom(),
    (error) => {
      assert.ok(error instanceof TesseraError);
      assert.equal(error.code, 'resource_exhausted');
      // 3 generations of 10 evaluations at 100 ms: a place in 1 s, plus up to as much jitter.
      assert.ok(error.retryAfterMs !== undefined && error.retryAfterMs >= 1_000 && error.retryAfterMs <= 2_000);
      return true;
    },
  );
});

test('who gives up while waiting leaves the place to the next', async () => {
  const admission = new Admission(limits);
  const release = await admission.enter(candidate(), never);
  const controller = new AbortController();
  const told: [number, number][] = [];
  const leaving = admission.enter(candidate(), controller.signal);
  const next = admission.enter(candidate(told), never);
  const reason = new TesseraError('cancelled', 'cancelled on request');
  controller.abort(reason);
  await assert.rejects(leaving, reason);
  assert.deepEqual(told.at(-1), [1, 1_000]);
  release();
  (await next)();
});

test('more workers let more run', async () => {
  let maxRunning = 1;
  const admission = new Admission({ ...limits, maxRunning: () => maxRunning });
  await admission.enter(candidate(), never);
  const second = admission.enter(candidate(), never);
  assert.equal(admission.running, 1);
  maxRunning = 2;
  admission.advance();
  await second;
  assert.equal(admission.running, 2);
});
