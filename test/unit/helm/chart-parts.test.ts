import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  DENOISER_PART_SETTINGS,
  DENOISER_SETTINGS,
  GATEWAY_SETTINGS,
  resolveSettings,
  STAGE_SERVICES,
  WORKER_SETTINGS,
} from '@tessera/runtime';
import {
  type Container,
  chartTools,
  type Manifest,
  podsOf,
  renderChart,
  runTool,
  tryRender,
} from '../../support/chart.js';
import { repoRoot } from '../../support/paths.js';
import { openPods, selects, violationsOf } from '../../support/pod-policy.js';

const SCHEMAS = join(repoRoot, 'test/fixtures/kubernetes-schemas/{{ .ResourceKind }}{{ .KindSuffix }}.json');
const REPLICAS = 2;
const PARTS = ['part-2', 'part-3'];
const SET = { 'denoiser.parts': 3, 'denoiser.replicas': REPLICAS, 'tls.enabled': true };
const WORKERS = { ...WORKER_SETTINGS, ...DENOISER_SETTINGS, ...DENOISER_PART_SETTINGS };
const COMPONENT = 'app.kubernetes.io/component';

function settingsOf({ args = [] }: Container, definitions: object): Record<string, unknown> {
  const { values, warnings } = resolveSettings(definitions as typeof WORKER_SETTINGS, { argv: args, environment: {} });
  assert.deepEqual(warnings, []);
  return values as Record<string, unknown>;
}

function named(manifests: readonly Manifest[], kind: string, component: string): Manifest {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === `release-tessera-${component}`);
  return found ?? assert.fail(`there is no ${kind} of ${component}`);
}

const containerOf = ({ spec }: Manifest): Container => spec.template.spec.containers[0];
const componentsOf = (peers: readonly { podSelector: { matchLabels: Record<string, string> } }[]) =>
  peers.map(({ podSelector }) => podSelector.matchLabels[COMPONENT]);

test('every denoiser in parts finds its own parts, which are programs that exist and serve what is probed', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const manifests = await renderChart(tools.helm, { set: SET });
  const denoiser = named(manifests, 'StatefulSet', 'denoiser');
  assert.equal(denoiser.spec.replicas, REPLICAS);
  const ordinal = containerOf(denoiser).env?.find(({ name }) => name === 'ORDINAL');
  assert.deepEqual(ordinal?.valueFrom, { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } });
  // Kubernetes writes variables of the container into its arguments.
  const told = containerOf(denoiser).args?.map((word) => word.replace('$(ORDINAL)', '1'));
  const own = settingsOf({ ...containerOf(denoiser), args: told ?? [] }, { ...WORKER_SETTINGS, ...DENOISER_SETTINGS });
  assert.deepEqual(
    own.denoiserParts,
    PARTS.map((part) => `release-tessera-${part}-1.release-tessera-${part}:8472`),
  );
  const gateway = containerOf(named(manifests, 'Deployment', 'gateway'));
  assert.deepEqual(
    settingsOf(gateway, GATEWAY_SETTINGS).denoiserParts,
    PARTS.map((part) => `release-tessera-${part}:8472`),
  );
  for (const [index, part] of PARTS.entries()) {
    const set = named(manifests, 'StatefulSet', part);
    const service = named(manifests, 'Service', part);
    assert.deepEqual([set.spec.serviceName, service.spec.clusterIP], [service.metadata.name, 'None']);
    assert.ok(selects(service.spec.selector, set.spec.template.metadata.labels));
    assert.equal(set.spec.replicas, REPLICAS);
    const container = containerOf(set);
    const [node, program = ''] = container.command ?? [];
    assert.equal(node, 'node');
    assert.ok(existsSync(join(repoRoot, program.replace(/^\/app\//, ''))), program);
    assert.deepEqual(settingsOf(container, WORKERS).denoiserPart, { part: index + 2, of: 3 });
    const { name } = STAGE_SERVICES['denoiser-part'];
    assert.deepEqual(container.startupProbe?.grpc, { port: 8473, service: name });
    assert.deepEqual(container.readinessProbe?.grpc, { port: 8473, service: name });
    const peer = set.spec.template.spec.volumes.find((volume: { name: string }) => volume.name === 'peer');
    assert.equal(peer.secret.secretName, 'release-tessera-denoiser-part-peer');
  }
});

test('only its denoiser and gateways reach a part, which reaches nobody', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const manifests = await renderChart(tools.helm, { set: SET });
  const pods = podsOf(manifests);
  assert.deepEqual(pods.flatMap(violationsOf), []);
  assert.deepEqual(openPods(manifests, pods), []);
  for (const part of PARTS) {
    const { ingress, egress } = named(manifests, 'NetworkPolicy', part).spec;
    assert.deepEqual(componentsOf(ingress[0].from), ['gateway', 'denoiser']);
    assert.deepEqual(egress, []);
    assert.equal(named(manifests, 'PodDisruptionBudget', part).spec.maxUnavailable, 1);
  }
  const { egress } = named(manifests, 'NetworkPolicy', 'denoiser').spec;
  const worker = egress.find(({ ports }: { ports: { port: number }[] }) => ports[0]?.port === 8472);
  assert.deepEqual(componentsOf(worker.to), PARTS);
});

test('workers that cut graphs have a place to write them', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const pods = podsOf(await renderChart(tools.helm, { set: SET }));
  for (const component of ['decoder', 'denoiser', ...PARTS]) {
    const { spec } = pods.find((pod) => pod.component === component) ?? assert.fail(component);
    const [container] = spec.containers;
    const home = container?.env?.find(({ name }) => name === 'TESSERA_HOME')?.value;
    const mount = container?.volumeMounts?.find(({ mountPath }) => mountPath === `${home}/cache`);
    assert.ok(mount && mount.readOnly !== true, component);
    const volume = spec.volumes?.find(({ name }) => name === mount.name);
    assert.ok(volume !== undefined && 'emptyDir' in volume, component);
  }
});

test('a release with a denoiser in parts is valid for Kubernetes', async (t) => {
  const tools = chartTools(t, 'helm', 'kubeconform');
  if (tools === undefined) return;
  const rendered = await tryRender(tools.helm, { set: SET });
  assert.equal(rendered.code, 0, rendered.stderr);
  const args = ['-strict', '-summary', '-output', 'json', '-schema-location', SCHEMAS];
  const { code, stdout, stderr } = await runTool(tools.kubeconform, args, rendered.stdout);
  assert.equal(code, 0, stdout + stderr);
  assert.equal(JSON.parse(stdout).summary.skipped, 0);
});
