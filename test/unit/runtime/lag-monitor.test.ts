import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createLagMonitor } from '@tessera/runtime';
import { eventually } from '../../support/processes.js';

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('a blocked event loop shows, and is forgotten when it runs again', async (t) => {
  const monitor = createLagMonitor(200);
  t.after(() => monitor.close());
  for (let i = 0; i < 5; i += 1) {
    block(120);
    await turn();
  }
  // 120 ms less the 25 ms between two samples.
  assert.ok(monitor.p99Ms() >= 90, `${monitor.p99Ms()} ms`);
  // A shared machine may delay us too, but hardly by as much in every window.
  assert.ok(await eventually(() => monitor.p99Ms() < 40, 10_000), `${monitor.p99Ms()} ms`);
});
