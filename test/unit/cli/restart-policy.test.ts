import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartPolicy } from '@tessera/cli';

const QUICK_MS = 50;
const LONG_MS = 3_600_000;

test('a process that keeps ending right after its start is started again with growing delays, then given up', () => {
  const policy = new RestartPolicy();
  const decisions = Array.from({ length: 5 }, () => policy.afterEnd(QUICK_MS));
  const delays = decisions.map((decision) => (decision.type === 'restart' ? decision.delayMs : undefined));
  assert.deepEqual(delays, [200, 400, 800, 1600, undefined]);
  assert.deepEqual(decisions.at(-1), { type: 'give-up', quickFailures: 5 });
});

test('a process that served for a while starts with a clean record', () => {
  const policy = new RestartPolicy();
  for (let end = 0; end < 20; end += 1) {
    policy.afterEnd(QUICK_MS);
    assert.deepEqual(policy.afterEnd(LONG_MS), { type: 'restart', delayMs: 100 });
  }
});
