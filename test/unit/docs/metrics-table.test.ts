import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runTool } from '../../support/chart.js';
import { repoRoot } from '../../support/paths.js';

test('the tables of metrics and alerts in the docs are those of the code and the chart', async () => {
  const script = join(repoRoot, 'scripts/metrics-table.mjs');
  const { code, stderr } = await runTool(process.execPath, [script, '--check']);
  assert.equal(code, 0, stderr);
});
