import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressWatch } from '@tessera/gateway';

test('a worker with work and no progress for 20 forecasts is hung', () => {
  const watch = new ProgressWatch(1_000);
  assert.equal(watch.beat(1, 5, 0), false);
  assert.equal(watch.beat(1, 5, 20_000), false);
  assert.equal(watch.beat(1, 5, 20_001), true);
});

test('progress, and having nothing to do, start the time again', () => {
  const watch = new ProgressWatch(1_000);
  watch.beat(1, 5, 0);
  assert.equal(watch.beat(1, 6, 19_000), false);
  assert.equal(watch.beat(1, 6, 38_000), false);
  assert.equal(watch.beat(0, 6, 60_000), false);
  assert.equal(watch.beat(1, 6, 61_000), false);
  assert.equal(watch.beat(1, 6, 80_000), false);
});

test('a run that the worker says is long has the longer time', () => {
  const watch = new ProgressWatch(1_000);
  watch.beat(1, 5, 0, 4_000);
  assert.equal(watch.beat(1, 5, 80_000, 4_000), false);
  assert.equal(watch.beat(1, 5, 80_001, 4_000), true);
});

test('a fast worker is not judged between two of its beats', () => {
  const watch = new ProgressWatch(1);
  watch.beat(1, 5, 0);
  assert.equal(watch.beat(1, 5, 1_900), false);
  assert.equal(watch.beat(1, 5, 2_100), true);
});
