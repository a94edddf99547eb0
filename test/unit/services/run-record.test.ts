import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROTECTIONS, RunLoop, type RunRecord } from '@tessera/denoiser';
import { evaluation, FakeNetwork } from './fake-network.js';

const order = {
  tenant: 'one',
  priority: 5,
  timeLeftMs: '0',
  remainingEvaluations: '20',
  virtualStart: 0,
  weight: 0,
  waitedMs: '0',
  alone: false,
  traceparent: '',
  caller: '',
};

test('every run is told with its start and the evaluations of each generation in it, and what never ran is not', async () => {
  const told: RunRecord[] = [];
  const network = new FakeNetwork(8);
  const loop = new RunLoop(PROTECTIONS, (run) => told.push(run));
  const stop = new AbortController();
  for (const [generationId, halves] of [
    ['a', 2],
    ['b', 2],
    ['c', 1],
    ['stopped', 2],
  ] as const) {
    const evaluations = Array.from({ length: halves }, (_, i) => evaluation(network, `${generationId}${i}`));
    const { signal } = generationId === 'stopped' ? stop : new AbortController();
    loop.submit({ evaluations, order: { ...order, generationId }, signal }).catch(() => {});
  }
  stop.abort();
  await network.end();
  await network.end();
  assert.deepEqual(
    told.map(({ startedAtMs, runMs, evaluations }) => [startedAtMs, runMs, Object.fromEntries(evaluations)]),
    [
      [0, 5, { a: 2 }],
      [0, 5, { b: 2, c: 1 }],
    ],
  );
});
