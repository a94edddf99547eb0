import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SCENARIOS } from '@tessera/loadtests';
import { runTool } from '../../support/chart.js';
import { repoRoot } from '../../support/paths.js';

const K6 = join(repoRoot, 'loadtests/k6');
const scripts = readdirSync(join(K6, 'scenarios'));
const sourceOf = (script: string) => readFileSync(join(K6, 'scenarios', script), 'utf8');

test("the k6 scripts type-check against k6's own types", async () => {
  const tsc = join(repoRoot, 'node_modules/.bin/tsc');
  const { code, stdout, stderr } = await runTool(tsc, ['-p', K6]);
  assert.equal(code, 0, stdout + stderr);
});

test('every scenario has a script, and every script is a scenario', () => {
  assert.deepEqual(scripts.toSorted(), SCENARIOS.map(({ name }) => `${name}.ts`).toSorted());
});

test('every scenario judges something, and leaves its summary to the runner', () => {
  for (const script of scripts) {
    assert.match(sourceOf(script), /tessera_\w+.*: \[/, `${script} has no threshold`);
    assert.match(sourceOf(script), /export \{ handleSummary \}/, `${script} exports no summary`);
  }
});

test('the scenarios that offer a share of the capacity are those for which the runner measures it', () => {
  const offering = scripts.filter((script) => /\boffered\(/.test(sourceOf(script)));
  const measured = SCENARIOS.filter(({ load }) => load !== 'own').map(({ name }) => `${name}.ts`);
  assert.deepEqual(offering.toSorted(), measured.toSorted());
});
