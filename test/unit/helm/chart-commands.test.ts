import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { GATEWAY_SETTINGS, parseAddress, resolveSettings, STAGE_SERVICES, WORKER_SETTINGS } from '@tessera/runtime';
import { CertificateAuthority } from '../../support/certificate-authority.js';
import {
  CHART,
  type Container,
  chartTools,
  type Manifest,
  type Pod,
  podsOf,
  renderChart,
  runTool,
  VALUES_FILES,
} from '../../support/chart.js';
import { GATEWAY_PERMISSIONS, natsUser } from '../../support/nats-security.js';
import { anyNatsProgram } from '../../support/nats-server.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const STAGES = ['text-encoder', 'denoiser', 'decoder'] as const;
const GATEWAY_SERVICE = 'tessera.v1.GenerationService';
/** From the end of the drain to the exit: the last bytes (2 s), and a connection that hangs (1 s). */
const AFTER_DRAIN_S = 5;
/** What reliability asks of a process that is told to stop. */
const DRAIN_LIMIT_S = 25;

/** Variables of the pod as they would be written; those that come from elsewhere get a value of their kind. */
function environmentOf({ env = [] }: Container): Record<string, string> {
  return Object.fromEntries(
    env.map(({ name, value, valueFrom = {} }) => [name, value ?? ('resourceFieldRef' in valueFrom ? '2' : 'a-name')]),
  );
}

function settingsOf(container: Container, definitions: typeof GATEWAY_SETTINGS | typeof WORKER_SETTINGS) {
  const { values, warnings } = resolveSettings(definitions, {
    argv: container.args ?? [],
    environment: environmentOf(container),
    alsoKnown: [...Object.keys({ ...GATEWAY_SETTINGS, ...WORKER_SETTINGS })],
  });
  assert.deepEqual(warnings, []);
  return values as Record<string, unknown>;
}

const portOf = (address: unknown) => parseAddress(String(address)).port;
const declaredPorts = ({ ports = [] }: Container) => ports.map(({ containerPort }) => containerPort);

function onlyContainer(pods: readonly Pod[], component: string): { readonly pod: Pod; readonly container: Container } {
  const pod = pods.find((each) => each.component === component);
  const [container] = pod?.spec.containers ?? [];
  assert.ok(pod && container, component);
  return { pod, container };
}

function assertDrainFits({ spec }: Pod, { lifecycle }: Container, graceMs: unknown): void {
  const preStop = lifecycle?.preStop?.sleep?.seconds ?? 0;
  const graceS = Number(graceMs) / 1000;
  assert.ok((spec.terminationGracePeriodSeconds ?? 30) >= preStop + graceS + AFTER_DRAIN_S);
  assert.ok(graceS + AFTER_DRAIN_S <= DRAIN_LIMIT_S);
}

/** `host:port` of arguments are Services of the release, on a port that they have. */
function assertReachable(manifests: readonly Manifest[], address: string): void {
  const { host, port } = parseAddress(address);
  const service = manifests.find(({ kind, metadata }) => kind === 'Service' && metadata.name === host);
  assert.ok(service, `there is no Service ${host}`);
  const ports = service.spec.ports.map((each: { port: number }) => each.port);
  assert.ok(ports.includes(port), `${host} has the ports ${ports.join(', ')}`);
}

for (const values of [[], ...VALUES_FILES.map((file) => [file])]) {
  const called = values.map((file) => basename(file)).join() || 'the defaults';

  test(`with ${called} gateways are told what they know, listen where they are probed, and drain in time`, async (t) => {
    const tools = chartTools(t, 'helm');
    if (tools === undefined) return;
    const manifests = await renderChart(tools.helm, { values });
    const { pod, container } = onlyContainer(podsOf(manifests), 'gateway');
    const settings = settingsOf(container, GATEWAY_SETTINGS);
    const health = portOf(settings.healthListen);
    assert.deepEqual(declaredPorts(container).slice(0, 2), [portOf(settings.listen), health]);
    assert.deepEqual(container.startupProbe?.grpc, { port: health });
    assert.deepEqual(container.livenessProbe?.grpc, { port: health });
    assert.deepEqual(container.readinessProbe?.grpc, { port: health, service: GATEWAY_SERVICE });
    for (const stage of ['textEncoders', 'denoisers', 'decoders']) {
      for (const address of settings[stage] as string[]) assertReachable(manifests, address);
    }
    for (const url of settings.nats as string[]) assertReachable(manifests, new URL(url).host);
    assertDrainFits(pod, container, settings.grace);
  });

  for (const stage of STAGES) {
    test(`with ${called} a ${stage} is told what it knows and listens where it is probed`, async (t) => {
      const tools = chartTools(t, 'helm');
      if (tools === undefined) return;
      const { pod, container } = onlyContainer(podsOf(await renderChart(tools.helm, { values })), stage);
      const settings = settingsOf(container, WORKER_SETTINGS);
      assert.equal(declaredPorts(container)[0], portOf(settings.listen));
      // Kubelets speak plain text alone.
      const port = portOf(settings.healthListen === 'off' ? settings.listen : settings.healthListen);
      assert.equal(settings.healthListen === 'off', settings.peerCert === undefined);
      assert.ok(declaredPorts(container).includes(port));
      const { name } = STAGE_SERVICES[stage];
      assert.deepEqual(container.startupProbe?.grpc, { port, service: name });
      assert.deepEqual(container.readinessProbe?.grpc, { port, service: name });
      assert.deepEqual(container.livenessProbe?.grpc, { port });
      const { failureThreshold = 3, periodSeconds = 10 } = container.startupProbe ?? {};
      assert.ok(failureThreshold * periodSeconds >= 600, 'a model takes its time to load');
      assertDrainFits(pod, container, settings.grace);
    });
  }
}

/** The folders that the pod mounts for nats-server, below one of this machine. */
async function laidOut(folder: string, text: string, authority: CertificateAuthority): Promise<string> {
  for (const mount of ['nats', 'nats-tls', 'nats-users']) await mkdir(join(folder, mount));
  const config = join(folder, 'nats/nats.conf');
  await writeFile(config, text.replaceAll('/etc/', `${folder}/`));
  const inPod = (name: string) => join(folder, 'nats-tls', name);
  const issued = await authority.issue(['DNS:space-tessera-nats']);
  await copyFile(issued.certificate, inPod('tls.crt'));
  await copyFile(issued.key, inPod('tls.key'));
  await copyFile(authority.certificateFile, inPod('ca.crt'));
  const users = `authorization { users: [{ nkey: ${natsUser().publicKey}, permissions: { ${GATEWAY_PERMISSIONS} } }] }`;
  await writeFile(join(folder, 'nats-users/users.conf'), users);
  return config;
}

for (const file of VALUES_FILES.filter((name) => !name.endsWith('gpu.yaml'))) {
  test(`nats-server takes its configuration as ${basename(file)} renders it`, async (t) => {
    const tools = chartTools(t, 'helm');
    const program = anyNatsProgram();
    if (tools === undefined) return;
    // The chart's own server is newer than Debian's, which does not know how to sync always.
    if (program === undefined || /^2\.9\./.test(program.version)) return t.skip('no nats-server since 2.10');
    const manifests = await renderChart(tools.helm, { values: [file] });
    const text = manifests.map(({ data }) => data?.['nats.conf']).find((each) => each !== undefined);
    using folder = temporaryFolder();
    await using authority = await CertificateAuthority.create();
    const config = await laidOut(folder.path, text ?? '', authority);
    const args = ['-ec', 'POD_NAME=nats-0 exec "$0" -t -c "$1"', program.path, config];
    const { code, stderr } = await runTool('sh', args);
    assert.equal(code, 0, stderr);
  });
}

test('with metrics every process serves them where they are scraped', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const pods = podsOf(
    await renderChart(tools.helm, { values: VALUES_FILES.filter((file) => file.includes('production')) }),
  );
  for (const component of ['gateway', ...STAGES]) {
    const { container } = onlyContainer(pods, component);
    const settings = settingsOf(container, component === 'gateway' ? GATEWAY_SETTINGS : WORKER_SETTINGS);
    const port = container.ports?.find(({ name }) => name === 'metrics')?.containerPort;
    assert.equal(portOf(settings.metricsListen), port, component);
  }
});

test('every setting that values may hold is one of the gateway', () => {
  const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
  const names = Object.keys(schema.properties.gateway.properties.settings.properties);
  assert.ok(names.length > 0);
  assert.deepEqual(
    names.filter((name) => !(name in GATEWAY_SETTINGS)),
    [],
  );
});

test('a worker whose GPU is taken by name asks for that resource, once', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const set = { 'denoiser.device': 'cuda:0', 'denoiser.gpu': { resource: 'nvidia.com/mig-1g.5gb', count: 1 } };
  const { container } = onlyContainer(podsOf(await renderChart(tools.helm, { set })), 'denoiser');
  assert.equal(container.resources?.limits?.['nvidia.com/mig-1g.5gb'], 1);
  assert.equal(settingsOf(container, WORKER_SETTINGS).device, 'cuda:0');
});

const SOURCES = {
  claim: [{ 'models.claim': { name: 'models', subPath: 'store' } }, 'persistentVolumeClaim'],
  image: [{ 'models.image': { reference: 'registry.example.com/models:1' } }, 'image'],
  init: [{ 'models.init.args': ['models', 'add', '/source'] }, 'emptyDir'],
} as const;

for (const [source, [set, kind]] of Object.entries(SOURCES)) {
  test(`models from ${source} are checked before a worker starts, and it cannot change them`, async (t) => {
    const tools = chartTools(t, 'helm');
    if (tools === undefined) return;
    const sha256 = 'a'.repeat(64);
    const serve = { 'models.source': source, 'models.serve': [{ name: 'sd15', sha256 }] };
    const pods = podsOf(await renderChart(tools.helm, { set: { ...serve, ...set } }));
    for (const stage of STAGES) {
      const { pod, container } = onlyContainer(pods, stage);
      assert.ok(pod.spec.volumes?.some((volume) => volume.name === 'models' && kind in volume));
      const mount = container.volumeMounts?.find(({ name }) => name === 'models');
      assert.deepEqual([mount?.mountPath, mount?.readOnly], ['/var/lib/tessera/models', true]);
      const checks = (pod.spec.initContainers ?? []).filter(({ name }) => name.startsWith('check-model'));
      assert.deepEqual(
        checks.map(({ args }) => args),
        [['models', 'verify', 'sd15', '--sha256', sha256]],
      );
    }
  });
}

test('gateways scale by CPU, workers by seconds of work, down to one', async (t) => {
  const tools = chartTools(t, 'helm');
  if (tools === undefined) return;
  const [, , production = ''] = VALUES_FILES;
  const manifests = await renderChart(tools.helm, { values: [production] });
  const scaled = manifests.filter(({ kind }) => kind === 'ScaledObject');
  assert.deepEqual(
    scaled.map(({ spec }) => spec.triggers[0].metadata.query),
    STAGES.map((stage) => `sum(tessera_work_seconds{namespace="space",stage="${stage}"})`),
  );
  for (const { spec } of scaled) {
    assert.ok(spec.minReplicaCount >= 1);
    const deployment = manifests.find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === spec.scaleTargetRef.name,
    );
    assert.equal(deployment?.spec.replicas, undefined);
  }
});
