import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startExecutor } from '@tessera/onnx';
import { slowGraph, slowGraphInput } from '../../support/graphs.js';
import { repoRoot } from '../../support/paths.js';

const executor = await startExecutor({ device: 'cpu', threads: 1 });
after(() => executor.close());

/** The longest time for which this thread's event loop stood still during the work, and how long the work took. */
async function longestGapMs(work: () => Promise<unknown>): Promise<{ gapMs: number; tookMs: number }> {
  const startedAt = performance.now();
  let last = startedAt;
  let gapMs = 0;
  const turn = () => {
    const now = performance.now();
    gapMs = Math.max(gapMs, now - last);
    last = now;
  };
  const timer = setInterval(turn, 2);
  await work();
  clearInterval(timer);
  turn();
  return { gapMs, tookMs: performance.now() - startedAt };
}

/**
 * On the main thread the gap is the whole run or load. A third of it leaves
 * room for a box on which other processes hold every core for a while.
 */
function assertResponsive({ gapMs, tookMs }: { gapMs: number; tookMs: number }): void {
  assert.ok(tookMs > 150, `the work took only ${tookMs} ms, too little to tell`);
  assert.ok(gapMs < tookMs / 3, `the event loop stood still for ${gapMs} of ${tookMs} ms`);
}

test('the event loop turns during a run', async () => {
  const network = await executor.load(slowGraph(100));
  assertResponsive(await longestGapMs(() => executor.run(network, { x: slowGraphInput() })));
});

test('the event loop turns during a load', async () => {
  const path = join(repoRoot, 'models/emoji/unet/model.onnx');
  assertResponsive(await longestGapMs(() => executor.load(path)));
});
