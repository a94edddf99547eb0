import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GATEWAY_SETTINGS, peerName, resolveSettings, WORKER_SETTINGS } from '@tessera/runtime';
import { type Container, chartTools, podsOf, renderChart } from '../../support/chart.js';

const STAGES = ['text-encoder', 'denoiser', 'decoder'] as const;
const SECURE = {
  'tls.enabled': true,
  'gateway.insecure': false,
  'gateway.tls.secretName': 'public',
  'gateway.apiKeys.secretName': 'keys',
  'nats.mode': 'own',
  'nats.credentials.secretName': 'nats-gateway',
  'monitoring.metrics.enabled': true,
  'monitoring.serviceMonitor.enabled': true,
  'monitoring.serviceMonitor.tlsSecretName': 'monitor',
};

const valuesOf = ({ args = [] }: Container, definitions: typeof GATEWAY_SETTINGS | typeof WORKER_SETTINGS) =>
  resolveSettings(definitions, { argv: args, environment: {} }).values as Record<string, unknown>;

/** Files that a process is told of lie where something is mounted. */
function assertMounted({ args = [], volumeMounts = [] }: Container): void {
  for (const path of args.filter((word) => word.startsWith('/etc/'))) {
    assert.ok(
      volumeMounts.some(({ mountPath }) => path.startsWith(`${mountPath}/`)),
      `${path} is not mounted`,
    );
  }
}

test('with TLS every process has its own certificate, and none says --insecure', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const manifests = await renderChart(tools.helm, { set: SECURE });
  const pods = podsOf(manifests);
  const secrets: string[] = [];
  for (const component of ['gateway', ...STAGES]) {
    const pod = pods.find((each) => each.component === component);
    const [container] = pod?.spec.containers ?? [];
    assert.ok(pod && container, component);
    const settings = valuesOf(container, component === 'gateway' ? GATEWAY_SETTINGS : WORKER_SETTINGS);
    assert.equal(settings.insecure, false, component);
    assert.deepEqual(
      [settings.peerCert, settings.peerKey, settings.peerCa],
      ['tls.crt', 'tls.key', 'ca.crt'].map((file) => `/etc/tessera/peer/${file}`),
    );
    assertMounted(container);
    const volume = pod.spec.volumes?.find(({ name }) => name === 'peer') as { secret?: { secretName: string } };
    secrets.push(volume.secret?.secretName ?? '');
  }
  assert.equal(new Set(secrets).size, 4, secrets.join());
});

test('with TLS gateways reach NATS over it, with credentials of their own', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const pods = podsOf(await renderChart(tools.helm, { set: SECURE }));
  const [container] = pods.find(({ component }) => component === 'gateway')?.spec.containers ?? [];
  assert.ok(container);
  const { nats, natsCa, natsCredentials, tlsCert } = valuesOf(container, GATEWAY_SETTINGS);
  assert.match(String(nats), /^tls:\/\/[\w-]+-nats:4222$/);
  assert.deepEqual(
    [natsCa, natsCredentials, tlsCert],
    ['/etc/tessera/peer/ca.crt', '/etc/tessera/nats/gateway.nk', '/etc/tessera/public/tls.crt'],
  );
});

test('with TLS a monitor expects the name that each component has', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const manifests = await renderChart(tools.helm, { set: { ...SECURE, 'tls.domain': 'images.internal' } });
  const names = manifests
    .filter(({ kind }) => kind === 'ServiceMonitor')
    .map(({ spec }) => [
      spec.selector.matchLabels['app.kubernetes.io/component'],
      spec.endpoints[0].scheme,
      spec.endpoints[0].tlsConfig.serverName,
    ]);
  assert.deepEqual(
    names,
    (['gateway', ...STAGES] as const).map((role) => [role, 'https', peerName(role, 'images.internal')]),
  );
});
