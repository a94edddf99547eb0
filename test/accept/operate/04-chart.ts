import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, toolPath } from '../../support/chart.js';
import { repoRoot } from '../../support/paths.js';
import type { AcceptancePoint } from '../point.js';

const TESTS = join(repoRoot, 'test/dist/unit/helm');

/** The tests of the chart are the check; here none of them may be skipped. */
export const chartPoint: AcceptancePoint = {
  id: 'operate.4',
  title: 'the chart passes lint, schemas and policy for every values file, and refuses wrong values readably',
  run: async () => {
    const files = readdirSync(TESTS)
      .filter((name) => /^chart-.*\.test\.js$/.test(name))
      .map((name) => join(TESTS, name));
    const { stdout } = await runTool(process.execPath, ['--test', '--test-reporter=tap', ...files]);
    const counts = Object.fromEntries(
      [...stdout.matchAll(/^# (tests|pass|fail|skipped) (\d+)$/gm)].map(([, word = '', count]) => [
        word,
        Number(count),
      ]),
    );
    const failed = [...stdout.matchAll(/^not ok \d+ - (.*)$/gm)].map(([, name]) => name);
    return {
      value: { ...counts, failed, helm: toolPath('helm') ?? null, kubeconform: toolPath('kubeconform') ?? null },
      limit: { fail: 0, skipped: 0 },
      pass: Number(counts.tests) > 0 && counts.pass === counts.tests,
    };
  },
};
