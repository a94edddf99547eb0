import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEFAULT_LIMITS,
  durableSequence,
  foldLogEntry,
  type GenerationRecord,
  type LogEntry,
  parseGenerationRequest,
  planGeneration,
} from '@tessera/core';
import { modelCard } from '../../support/model-card.js';

const card = modelCard();
const context = { tenant: 't', models: [card], defaultModel: 'small', drawSeed: () => 1, limits: DEFAULT_LIMITS };
const request = parseGenerationRequest({ prompt: 'x' }, context);
const accepted: LogEntry = { type: 'accepted', request, plan: planGeneration(request, card), createdAtMs: 5 };

function fold(...entries: LogEntry[]): GenerationRecord {
  const record = entries.reduce<GenerationRecord | undefined>(
    (before, entry, i) => foldLogEntry(before, 'g', i + 1, entry),
    undefined,
  );
  assert.ok(record);
  return record;
}

test('accepted is a queued record with durable sequence 1', () => {
  const record = fold(accepted);
  assert.equal(record.state, 'queued');
  assert.equal(record.logSequence, 1);
  assert.equal(durableSequence(record), 1);
  assert.deepEqual(record.request, request);
});

test('leases and checkpoints move the log, not the durable sequence', () => {
  const record = fold(
    accepted,
    { type: 'lease', holder: 'a', fence: 1 },
    { type: 'checkpoint', imageIndex: 0, stepIndex: 3, object: 'g/1/3' },
    { type: 'lease', holder: 'b', fence: 2 },
    { type: 'checkpoint', imageIndex: 1, stepIndex: 1, object: 'g/2/1' },
    { type: 'checkpoint', imageIndex: 0, stepIndex: 6, object: 'g/2/6' },
  );
  assert.deepEqual(record.lease, { holder: 'b', fence: 2 });
  assert.deepEqual(record.checkpoints, {
    0: [
      { stepIndex: 6, object: 'g/2/6' },
      { stepIndex: 3, object: 'g/1/3' },
    ],
    1: [{ stepIndex: 1, object: 'g/2/1' }],
  });
  assert.equal(record.logSequence, 6);
  assert.equal(durableSequence(record), 1);
});

test('durable events are numbered after accepted and set the state', () => {
  const started = fold(accepted, { type: 'event', event: { type: 'started' } });
  assert.equal(started.state, 'running');
  assert.equal(durableSequence(started), 2);
  const ended = foldLogEntry(started, 'g', 3, { type: 'event', event: { type: 'cancelled', stepIndex: 4 } });
  assert.equal(ended.state, 'cancelled');
  assert.deepEqual(ended.terminal, { type: 'cancelled', stepIndex: 4 });
  assert.equal(durableSequence(ended), 3);
  assert.equal(started.state, 'running', 'the fold wrote to its input');
});

test('of each image two checkpoints are known, until it restarts', () => {
  const entries: LogEntry[] = [2, 4, 6].map((stepIndex) => ({
    type: 'checkpoint',
    imageIndex: 0,
    stepIndex,
    object: `g/1/${stepIndex}`,
  }));
  const steps = (record: GenerationRecord) => record.checkpoints[0]?.map(({ stepIndex }) => stepIndex);
  assert.deepEqual(steps(fold(accepted, ...entries)), [6, 4]);
  const arithmetic = { numericClass: 'b', arithmeticVersion: 'v' };
  const restarted = { type: 'restarted', imageIndex: 0, stepIndex: 0, reason: 'r' } as const;
  const again = fold(accepted, ...entries, { type: 'event', event: restarted, arithmetic });
  assert.deepEqual(steps(again), []);
  assert.deepEqual(again.arithmetic, arithmetic);
});

test('who accepts has the first lease; a released one keeps its fence', () => {
  const record = fold({ ...accepted, holder: 'a' });
  assert.deepEqual(record.lease, { holder: 'a', fence: 1 });
  const released = foldLogEntry(record, 'g', 2, { type: 'release', ageMs: 70 });
  assert.deepEqual(released.lease, { fence: 1 });
  assert.equal(released.ageMs, 70);
});

test('leases count as fruitless from the start on, until one comes further', () => {
  const lease = (fence: number): LogEntry => ({ type: 'lease', holder: 'a', fence });
  const started: LogEntry = { type: 'event', event: { type: 'started' } };
  const checkpoint: LogEntry = { type: 'checkpoint', imageIndex: 0, stepIndex: 1, object: 'g/3/0.1' };
  assert.equal(fold(accepted, lease(1), lease(2)).fruitlessLeases, 0);
  assert.equal(fold(accepted, lease(1), started, lease(2), lease(3)).fruitlessLeases, 2);
  assert.equal(fold(accepted, lease(1), started, lease(2), checkpoint, lease(3)).fruitlessLeases, 1);
});

test('nothing changes an ending', () => {
  const ended = fold(accepted, { type: 'event', event: { type: 'failed', code: 'internal', message: 'm' } });
  const later = foldLogEntry(ended, 'g', 9, { type: 'event', event: { type: 'completed', images: [] } });
  assert.deepEqual(later, { ...ended, logSequence: 9 });
});

test('a log begins with accepted and has one', () => {
  assert.throws(() => foldLogEntry(undefined, 'g', 1, { type: 'event', event: { type: 'started' } }), RangeError);
  assert.throws(() => fold(accepted, accepted), RangeError);
});
