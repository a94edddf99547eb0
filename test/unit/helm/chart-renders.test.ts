import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { CHART, chartTools, runTool, tryRender, VALUES_FILES } from '../../support/chart.js';
import { repoRoot } from '../../support/paths.js';

const SCHEMAS = join(repoRoot, 'test/fixtures/kubernetes-schemas/{{ .ResourceKind }}{{ .KindSuffix }}.json');

const kubeconform = (tool: string, manifests: string) =>
  runTool(tool, ['-strict', '-summary', '-output', 'json', '-schema-location', SCHEMAS], manifests);

const EXAMPLES = [[], ...VALUES_FILES.map((file) => [file])];

for (const values of EXAMPLES) {
  const called = values.map((file) => basename(file)).join() || 'the defaults';

  test(`the chart passes helm's lint with ${called}`, async (t) => {
    const tools = chartTools(t, 'helm');
    if (tools === undefined) return;
    const flags = values.flatMap((file) => ['--values', file]);
    const { code, stdout, stderr } = await runTool(tools.helm, ['lint', '--strict', '--quiet', CHART, ...flags]);
    assert.equal(code, 0, stdout + stderr);
  });

  test(`with ${called} every object is valid for Kubernetes, KEDA, Prometheus and the Gateway API`, async (t) => {
    const tools = chartTools(t, 'helm', 'kubeconform');
    if (tools === undefined) return;
    const rendered = await tryRender(tools.helm, { values });
    assert.equal(rendered.code, 0, rendered.stderr);
    const { code, stdout, stderr } = await kubeconform(tools.kubeconform, rendered.stdout);
    assert.equal(code, 0, stdout + stderr);
    const { summary } = JSON.parse(stdout);
    assert.ok(summary.valid >= 20, stdout);
    assert.deepEqual([summary.invalid, summary.errors, summary.skipped], [0, 0, 0]);
  });
}

const WRONG_OBJECTS: readonly (readonly [string, RegExp, string])[] = [
  ['containerPort: 8470', /want integer/, "containerPort: '8470'"],
  ['readOnlyRootFilesystem: true', /additional properties/i, 'readOnlyRoot: true'],
  ['minReplicaCount: 4', /want integer/, 'minReplicaCount: four'],
  ['port: metrics', /additional properties/i, 'portal: metrics'],
  ['type: Exact', /value must be one of/, 'type: Exactly'],
];

for (const [right, complaint, wrong] of WRONG_OBJECTS) {
  test(`validation refuses ${wrong}`, async (t) => {
    const tools = chartTools(t, 'helm', 'kubeconform');
    if (tools === undefined) return;
    const production = VALUES_FILES.filter((file) => file.endsWith('production.yaml'));
    const { stdout: rendered } = await tryRender(tools.helm, { values: production });
    assert.ok(rendered.includes(right));
    const { code, stdout } = await kubeconform(tools.kubeconform, rendered.replace(right, wrong));
    assert.equal(code, 1);
    assert.match(stdout, complaint);
  });
}
