import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runTessera, startCluster } from '../support/cluster.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('verify makes a composed image again from its receipt, and tells its seams', async () => {
  using folder = temporaryFolder();
  await using cluster = await startCluster();
  const output = join(folder.path, 'composed.png');
  const size = ['--width', '192', '--height', '160', '--steps', '4', '--compose', '--strength', '0.5'];
  const made = await runTessera([
    ...['generate', 'a red apple', '--seed', '7', '--address', cluster.address, '--output', output],
    ...size,
  ]);
  assert.equal(made.code, 0, made.stderr);
  const verified = await runTessera(['verify', output, '--address', cluster.address, '--json']);
  assert.equal(verified.code, 0, verified.stderr);
  const [report] = verified.events;
  assert.ok(report);
  assert.equal(report.identical, true);
  const { ratio, worst } = report.seams as { readonly ratio: number; readonly worst: { readonly axis: string } };
  assert.ok(ratio > 0 && ['x', 'y'].includes(worst.axis));
  const told = await runTessera(['verify', output, '--address', cluster.address]);
  assert.match(told.stdout, /^identical\n(no seams found|seams are likely): ratio \d/);
});
