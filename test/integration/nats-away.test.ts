import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNatsCluster } from '../support/nats-cluster.js';
import { measureOutage, outagesOf } from '../support/nats-outage.js';
import { anyNatsProgram } from '../support/nats-server.js';

const program = anyNatsProgram();
const skip = program === undefined && 'no nats-server';
const LASTS_MS = 2_500;
/** Of 300; more than could be under way when the outage begins. */
const STEPS = 10;

test('a generation runs through a NATS that is killed, and a network that is parted', { skip }, async () => {
  if (program === undefined) return;
  await using cluster = await startNatsCluster(program);
  const outages = outagesOf(cluster, { stoppedMs: LASTS_MS, otherMs: LASTS_MS });
  const pixels = new Set<string>();
  for (const name of ['killed', 'network drops both']) {
    const outage = outages.find((one) => one.name === name);
    assert.ok(outage);
    const request = { prompt: 'a red apple', seed: 3, steps: 300, keepFor: { seconds: 60 } };
    const result = await measureOutage(cluster, outage, [request], STEPS);
    assert.deepEqual(result.failed, []);
    assert.deepEqual(result.otherwise, [], 'nothing was accepted meanwhile');
    assert.ok(result.refused > 0);
    assert.ok(result.stepsMeanwhile >= STEPS, `${result.stepsMeanwhile} steps`);
    assert.ok(result.durableAfterMs < 5_000, `${result.durableAfterMs} ms`);
    pixels.add(result.imageSha256[3] ?? '');
  }
  assert.equal(pixels.size, 1);
});
