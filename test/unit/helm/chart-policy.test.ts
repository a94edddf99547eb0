import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { chartTools, type Manifest, type Pod, podsOf, renderChart, VALUES_FILES } from '../../support/chart.js';
import { openPods, selects, violationsOf } from '../../support/pod-policy.js';

const COMPONENTS = ['decoder', 'denoiser', 'gateway', 'test', 'text-encoder'];

for (const values of [[], ...VALUES_FILES.map((file) => [file])]) {
  const called = values.map((file) => basename(file)).join() || 'the defaults';

  test(`with ${called} pods are restricted, probed, limited, and cut off but for what they need`, async (t) => {
    const tools = chartTools(t, 'helm');
    if (tools === undefined) return;
    const manifests = await renderChart(tools.helm, { values });
    const pods = podsOf(manifests);
    const components = pods.map(({ component }) => component).filter((component) => component !== 'nats');
    assert.deepEqual(components.sort(), COMPONENTS);
    assert.deepEqual(pods.flatMap(violationsOf), []);
    assert.deepEqual(openPods(manifests, pods), []);
  });

  test(`with ${called} Services, budgets and policies select pods that exist`, async (t) => {
    const tools = chartTools(t, 'helm');
    if (tools === undefined) return;
    const manifests = await renderChart(tools.helm, { values });
    const pods = podsOf(manifests);
    for (const { kind, metadata, spec } of manifests) {
      const labels = { Service: spec?.selector, PodDisruptionBudget: spec?.selector?.matchLabels }[kind];
      const policy = kind === 'NetworkPolicy' ? spec.podSelector.matchLabels : undefined;
      const selector = labels ?? policy;
      if (selector === undefined) continue;
      const selected = pods.filter((pod) => selects(selector, pod.labels));
      assert.ok(selected.length > 0, `${kind}/${metadata.name} selects nothing`);
      if (kind === 'Service') assertPorts(spec.ports, selected, metadata.name);
      if (kind === 'PodDisruptionBudget') assert.deepEqual(selected.length, 1);
    }
  });
}

function assertPorts(ports: readonly { targetPort: string; port: number }[], pods: readonly Pod[], name: string): void {
  for (const { targetPort } of ports) {
    for (const { spec } of pods) {
      const declared = spec.containers.flatMap((container) => container.ports ?? []).map((port) => port.name);
      assert.ok(declared.includes(targetPort), `${name} leads to ${targetPort}; there are ${declared.join(', ')}`);
    }
  }
}

test('workers reach nobody, and only gateways reach them', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const manifests = await renderChart(tools.helm);
  for (const stage of ['text-encoder', 'denoiser', 'decoder']) {
    const policy = manifests.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === `release-tessera-${stage}`,
    );
    assert.deepEqual(policy?.spec.egress, []);
    const peers = policy?.spec.ingress.flatMap((rule: { from: unknown[] }) => rule.from);
    assert.equal(peers.length, 1);
    assert.equal(peers[0].podSelector.matchLabels['app.kubernetes.io/component'], 'gateway');
  }
});

test('a ServiceMonitor finds the metrics of every process, and the network lets it', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const set = { 'monitoring.metrics.enabled': true, 'monitoring.serviceMonitor.enabled': true };
  const manifests = await renderChart(tools.helm, { set });
  const monitor = manifests.find(({ kind }) => kind === 'ServiceMonitor');
  const services = manifests.filter(
    ({ kind, metadata }) => kind === 'Service' && selects(monitor?.spec.selector.matchLabels, metadata.labels ?? {}),
  );
  const { port } = monitor?.spec.endpoints[0] ?? {};
  for (const component of COMPONENTS.filter((each) => each !== 'test')) {
    const found = services.filter(({ spec }) => spec.selector['app.kubernetes.io/component'] === component);
    assert.equal(found.length, 1, component);
    assert.ok(found[0]?.spec.ports.some(({ name }: { name: string }) => name === port));
    const policy = manifests.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === `release-tessera-${component}`,
    );
    const open = policy?.spec.ingress.flatMap((rule: { ports: { port: number }[] }) =>
      rule.ports.map((each) => each.port),
    );
    assert.ok(open.includes(9464), component);
  }
});

/** Each of these is caught by the policy above. */
const SPOILED: readonly (readonly [string, (pod: PlainPod) => void])[] = [
  ['may run as root', (pod) => delete pod.spec.securityContext.runAsNonRoot && delete own(pod).runAsNonRoot],
  ['has no user id of its own', (pod) => Object.assign(pod.spec.securityContext, { runAsUser: 0 })],
  ['has no seccomp profile', (pod) => delete pod.spec.securityContext.seccompProfile],
  ['may gain privileges', (pod) => delete own(pod).allowPrivilegeEscalation],
  ['has a root that can be written', (pod) => delete own(pod).readOnlyRootFilesystem],
  ['keeps capabilities', (pod) => Object.assign(own(pod), { capabilities: { drop: ['NET_RAW'] } })],
  ['adds capabilities', (pod) => Object.assign(own(pod), { capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } })],
  ['is privileged', (pod) => Object.assign(own(pod), { privileged: true })],
  ['hostNetwork is shared', (pod) => Object.assign(pod.spec, { hostNetwork: true })],
  ['volume host is of kind hostPath', (pod) => pod.spec.volumes.push({ name: 'host', hostPath: { path: '/' } })],
  ['a service account token is mounted', (pod) => delete pod.spec.automountServiceAccountToken],
  ['has no limit of memory', (pod) => delete pod.spec.containers[0].resources.limits.memory],
  ['has no livenessProbe', (pod) => delete pod.spec.containers[0].livenessProbe],
  ['is of no version', (pod) => Object.assign(pod.spec.containers[0], { image: 'tessera-denoiser:latest' })],
];

// biome-ignore lint/suspicious/noExplicitAny: a pod to be spoiled.
type PlainPod = any;
const own = (pod: PlainPod) => pod.spec.containers[0].securityContext;

for (const [violation, spoil] of SPOILED) {
  test(`the policy catches a pod that ${violation}`, async (t) => {
    const tools = chartTools(t, 'helm');
    if (tools === undefined) return;
    const pod = podsOf(await renderChart(tools.helm)).find(({ component }) => component === 'denoiser');
    assert.ok(pod);
    assert.deepEqual(violationsOf(pod), []);
    const spoiled = structuredClone(pod);
    spoil(spoiled);
    assert.ok(
      violationsOf(spoiled).some((found) => found.endsWith(violation)),
      violationsOf(spoiled).join(),
    );
  });
}

test('the policy catches a release without its default deny', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const manifests = await renderChart(tools.helm);
  const without = manifests.filter(({ metadata }: Manifest) => !metadata.name.endsWith('default-deny'));
  assert.equal(without.length, manifests.length - 1);
  const open = openPods(without, podsOf(manifests));
  assert.ok(open.includes('Deployment/release-tessera-gateway is open in Egress'), open.join());
});
