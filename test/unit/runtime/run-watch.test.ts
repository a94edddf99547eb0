import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunWatch } from '@tessera/runtime';

const limits = { hungForecasts: 20, hungAtLeastMs: 2_000, stuckWaits: 3, checkEveryMs: 250 };

/** What it says of a worker that was asked every 250 ms for so long, with nothing completed. */
function saidAfter(ms: number, forecastMs: number | undefined, running = 1): string {
  const watch = new RunWatch(limits);
  const load = { waiting: 0, running, busy: 1, forecastMs, evaluationsStarted: 5, evaluationsCompleted: 5 };
  let said = '';
  for (let nowMs = 0; nowMs <= ms; nowMs += 250) said = watch.check(load, nowMs);
  return said;
}

test('a run hangs after 20 times its own forecast, and is stuck after 60', () => {
  assert.equal(saidAfter(20_000, 1_000), 'working');
  assert.equal(saidAfter(20_500, 1_000), 'hung');
  assert.equal(saidAfter(60_000, 1_000), 'hung');
  assert.equal(saidAfter(60_500, 1_000), 'stuck');
  assert.equal(saidAfter(60_500, 10_000), 'working');
});

test('a short run has two seconds; one of which nothing is known, and an idle worker, have for ever', () => {
  assert.equal(saidAfter(2_000, 1), 'working');
  assert.equal(saidAfter(2_500, 1), 'hung');
  assert.equal(saidAfter(3_600_000, undefined), 'working');
  assert.equal(saidAfter(3_600_000, 1, 0), 'working');
});

test('whatever is completed starts the time again', () => {
  const watch = new RunWatch(limits);
  for (let nowMs = 0; nowMs < 60_000; nowMs += 250) {
    const evaluationsCompleted = Math.floor(nowMs / 1_500);
    const load = { waiting: 0, running: 1, busy: 1, forecastMs: 10, evaluationsStarted: 0, evaluationsCompleted };
    assert.equal(watch.check(load, nowMs), 'working');
  }
});

test('a pause of the whole process does not count', () => {
  const watch = new RunWatch(limits);
  const load = { waiting: 0, running: 1, busy: 1, forecastMs: 10, evaluationsStarted: 5, evaluationsCompleted: 5 };
  watch.check(load, 0);
  watch.check(load, 250);
  assert.equal(watch.check(load, 3_600_000), 'working');
});
