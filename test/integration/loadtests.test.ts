import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startCluster } from '../support/cluster.js';
import { k6IsThere, runLoadtest } from '../support/loadtest.js';
import { accepts } from '../support/processes.js';

/** Beside other tests on two cores nothing is as fast as alone; what is judged here is that all of it happens. */
const LENIENT = ['time_to_first_preview=30000', 'total=60000', 'preview_gap=10000', 'refusal_latency=5000'];

const results = () => mkdtemp(join(tmpdir(), 'tessera-loadtest-'));

test('smoke brings a cluster up, loads it with k6, and leaves a report and a summary', async (t) => {
  if (!k6IsThere(t)) return;
  const limits = LENIENT.flatMap((limit) => ['--limit', limit]);
  const { code, verdict, stderr } = await runLoadtest([
    ...['smoke', '--duration', '8s', '--results', await results()],
    ...limits,
  ]);
  assert.equal(code, 0, stderr);
  assert.ok(verdict?.pass);
  assert.match(await readFile(join(verdict.folder, 'report.html'), 'utf8'), /k6 report/);
  const { metrics } = JSON.parse(await readFile(join(verdict.folder, 'summary.json'), 'utf8'));
  // 16 at once, and users beside them; each with a preview after each of its steps.
  assert.ok(metrics.tessera_completed.values.count >= 16);
  assert.ok(metrics.tessera_previews.values.count >= 4 * 16);
  assert.ok(metrics.tessera_refused.values.count >= 2);
  assert.ok(metrics.tessera_stopped.values.count >= 2);
});

test('cancel-storm loads the cluster at an address, and leaves it standing', async (t) => {
  if (!k6IsThere(t)) return;
  await using cluster = await startCluster(['--log-level', 'warn']);
  const lenient = ['cancel_to_idle=5000', 'time_to_first_preview=15000', 'ran_after_cancel=2'];
  const limits = lenient.flatMap((limit) => ['--limit', limit]);
  const { code, verdict, stderr } = await runLoadtest([
    ...['cancel-storm', '--duration', '6s', '--address', cluster.address, '--results', await results()],
    ...limits,
  ]);
  assert.equal(code, 0, stderr);
  assert.ok(verdict?.pass);
  assert.ok(await accepts(cluster.address));
});

test('a threshold that is crossed fails the run with exit code 1', async (t) => {
  if (!k6IsThere(t)) return;
  // Nothing is generated in a millisecond.
  const { code, verdict } = await runLoadtest([
    ...['smoke', '--duration', '2s', '--results', await results()],
    ...['--limit', 'total=1'],
  ]);
  assert.equal(code, 1);
  const failed = verdict?.thresholds.filter(({ pass }) => !pass).map(({ metric }) => metric);
  assert.ok(failed?.includes('tessera_total'), String(failed));
});

test('a limit that the scenario does not have is refused with exit code 2', async (t) => {
  if (!k6IsThere(t)) return;
  const { code, stderr } = await runLoadtest([
    ...['smoke', '--address', '127.0.0.1:1', '--results', await results()],
    ...['--limit', 'beauty=1'],
  ]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /there is no limit beauty here/);
});

test('a cluster that is not there fails the run', async (t) => {
  if (!k6IsThere(t)) return;
  const { code, stderr } = await runLoadtest([
    ...['cancel-storm', '--duration', '1s', '--address', '127.0.0.1:1', '--results', await results()],
  ]);
  assert.equal(code, 1, stderr);
});
