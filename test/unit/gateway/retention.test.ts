import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GenerationRecord } from '@tessera/core';
import { outlived } from '@tessera/gateway';

function ended(generationId: string, createdAtMs: number, sizeBytes: number): GenerationRecord {
  const completed = { type: 'completed', images: [{ image: { imageId: '1-0', sizeBytes } }] };
  return { generationId, createdAtMs, events: [completed], terminal: completed } as unknown as GenerationRecord;
}

const ids = (records: readonly GenerationRecord[]) => records.map(({ generationId }) => generationId);

test('what is beyond its time goes', () => {
  const records = [ended('old', 0, 1), ended('new', 900, 1)];
  assert.deepEqual(ids(outlived(records, { keepMs: 500, maxBytes: 100 }, 1_000)), ['old']);
});

test('beyond the bytes the oldest go first', () => {
  const records = [ended('second', 2, 40), ended('first', 1, 40), ended('third', 3, 40)];
  assert.deepEqual(ids(outlived(records, { keepMs: 500, maxBytes: 100 }, 10)), ['first']);
});

test('what has not ended stays, however old', () => {
  const running = { ...ended('running', 0, 1), terminal: undefined } as GenerationRecord;
  assert.deepEqual(outlived([running], { keepMs: 1, maxBytes: 0 }, 1_000), []);
});
