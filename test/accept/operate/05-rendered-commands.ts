import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readImageWithReceipt } from '@tessera/cli';
import { CHART, type Container, type Manifest, type Pod, podsOf, renderChart, toolPath } from '../../support/chart.js';
import { type ImageConfig, imageConfig } from '../../support/dockerfile.js';
import { buildImages, type ImageBuild, openToOthers } from '../../support/image-build.js';
import { anyNatsProgram } from '../../support/nats-server.js';
import { type ContainerProcess, type ContainerStart, probesHold, startContainer } from '../../support/pod-process.js';
import { freshClone } from '../main-job/fresh-clone.js';
import type { AcceptancePoint } from '../point.js';

const run = promisify(execFile);

const TARGETS = ['gateway', 'text-encoder', 'denoiser', 'decoder', 'cli', 'denoiser-cuda', 'decoder-cuda'];
/** It comes from NuGet, and is of use beside a GPU alone: images with CUDA are laid out without it, and not started. */
const CUDA_PROVIDER = 'node scripts/install-cuda-provider.mjs';
/** An address of this machine for each pod, so that ports stay as they are rendered. */
const HOST_PREFIX = '127.77.0.';
const BARE_IMAGE: ImageConfig = { entrypoint: [], user: '0', ports: [], environment: {}, workingFolder: '/' };

/** One container of one replica, where it runs here. */
interface Place {
  readonly pod: Pod;
  readonly podName: string;
  readonly host: string;
  readonly folder: string;
}

export const renderedCommandsPoint: AcceptancePoint = {
  id: 'operate.5',
  title: "the Dockerfile's lines give programs that run by the chart's command lines, and they make an image together",
  run: async () => {
    const helm = toolPath('helm');
    const nats = anyNatsProgram();
    if (helm === undefined || nats === undefined) throw new Error('helm and nats-server are needed');
    const programs = { node: process.execPath, 'nats-server': nats.path };
    const work = await mkdtemp(join(tmpdir(), 'tessera-images-'));
    const clone = await freshClone();
    try {
      const built = await build(clone.folder, work);
      const manifest = JSON.parse(await readFile(join(clone.folder, 'models/emoji/manifest.json'), 'utf8'));
      const manifests = await renderChart(helm, {
        values: [join(CHART, 'ci/values-small.yaml')],
        set: { 'models.serve': [{ name: 'emoji', sha256: manifest.sha256 }] },
      });
      const cluster = await runCluster(manifests, built, work, programs);
      const passedOver = notExecuted(built);
      const { probesHeld, checked, image, stopsInTime, exitCodes } = cluster;
      return {
        value: { natsServer: nats.version, linesExecuted: built.executed.length, notExecuted: passedOver, ...cluster },
        limit: {
          notExecuted: 'the CUDA provider',
          probesHeld: true,
          checked: true,
          image: 'of the prompt',
          exitCodes: 0,
          stopsInTime: true,
        },
        pass:
          passedOver.every((line) => line.endsWith(CUDA_PROVIDER)) &&
          [probesHeld, checked, image, stopsInTime, exitCodes === 0].every((holds) => holds),
      };
    } finally {
      await clone.remove();
      await rm(work, { recursive: true, force: true });
    }
  },
};

async function build(checkout: string, work: string): Promise<ImageBuild> {
  const { stdout } = await run('git', ['ls-files'], { cwd: checkout, maxBuffer: 2 ** 26 });
  const into = join(work, 'images');
  await mkdir(into);
  const built = await buildImages({
    dockerfile: join(checkout, 'docker/Dockerfile'),
    context: checkout,
    files: stdout.split('\n').filter((file) => file !== ''),
    into,
    targets: TARGETS,
    unreachable: [CUDA_PROVIDER],
  });
  await openToOthers(work);
  return built;
}

function notExecuted({ stages, executed }: ImageBuild): readonly string[] {
  const all = stages.flatMap(({ name, instructions }) =>
    instructions
      .filter(({ keyword }) => keyword === 'COPY' || keyword === 'RUN')
      .map(({ keyword, text }) => `${name}: ${keyword} ${text}`),
  );
  return all.filter((line) => !executed.includes(line));
}

async function runCluster(
  manifests: readonly Manifest[],
  built: ImageBuild,
  work: string,
  programs: ContainerStart['programs'],
) {
  const places = await placesOf(manifests, work);
  const services = servicesOf(manifests, places);
  const config = manifests.find(({ kind, data }) => kind === 'ConfigMap' && data?.['nats.conf'] !== undefined);
  const user = process.getuid?.() === 0 ? 10_001 : undefined;
  const startOf = (place: Place, container: Container): ContainerStart => ({
    ...{ container, services, programs, podName: place.podName, host: place.host },
    ...imageOf(built, place, container),
    mounts: {
      '/tmp': join(place.folder, 'tmp'),
      '/var/lib/tessera': join(place.folder, 'home'),
      '/var/lib/nats': join(place.folder, 'nats'),
      '/etc/nats': join(place.folder, 'etc'),
    },
    ...(user !== undefined && { user }),
  });
  const running: { readonly place: Place; readonly container: Container; readonly process: ContainerProcess }[] = [];
  let checked = true;
  try {
    for (const place of places.filter(({ pod }) => pod.serves)) {
      if (place.pod.component === 'nats') await writeNatsConfig(config?.data?.['nats.conf'] ?? '', place);
      for (const container of place.pod.spec.initContainers ?? []) {
        const { ended, said } = await startContainer(startOf(place, container));
        if ((await ended) !== 0) throw new Error(`${place.podName} ${container.name}: ${said()}`);
        checked &&= container.name.startsWith('check-model');
      }
      for (const container of place.pod.spec.containers) {
        running.push({ place, container, process: await startContainer(startOf(place, container)) });
      }
    }
    const probes = await Promise.all(
      running.map(async ({ place, container }) => ({
        name: place.podName,
        holds: await probesHold({ container, host: place.host }),
      })),
    );
    const failing = probes.filter(({ holds }) => !holds).map(({ name }) => name);
    if (failing.length > 0) throw new Error(whatWasSaid(failing, running));
    const image = await generate(places, startOf);
    return { checked, probesHeld: true, ...(await stop(running)), image, processes: probes.map(({ name }) => name) };
  } finally {
    for (const { process } of running) if (process.process.exitCode === null) process.process.kill('SIGKILL');
    await Promise.all(running.map(({ process }) => process.ended));
  }
}

function whatWasSaid(names: readonly string[], running: readonly { readonly process: ContainerProcess }[]): string {
  const said = running.filter(({ process }) => names.includes(process.name)).map(({ process }) => process.said());
  return `probes do not hold: ${names.join(', ')}\n${said.join('\n')}`;
}

async function placesOf(manifests: readonly Manifest[], work: string): Promise<readonly Place[]> {
  const places: Place[] = [];
  // NATS first, gateways last: a kubelet would start them again and again until the others are there.
  const order = ['nats', 'text-encoder', 'denoiser', 'decoder', 'gateway', 'test'];
  const pods = [...podsOf(manifests)].sort((a, b) => order.indexOf(a.component) - order.indexOf(b.component));
  for (const pod of pods) {
    const [kind, name] = pod.name.split('/');
    const replicas = manifests.find((each) => each.kind === kind && each.metadata.name === name)?.spec.replicas ?? 1;
    for (let index = 0; index < replicas; index += 1) {
      const podName = `${name}-${index}`;
      const folder = join(work, 'pods', podName);
      for (const mount of ['tmp', 'home', 'nats', 'etc']) {
        await mkdir(join(folder, mount), { recursive: true });
        await giveAway(join(folder, mount));
      }
      places.push({ pod, podName, folder, host: `${HOST_PREFIX}${places.length + 1}` });
    }
  }
  await openToOthers(work);
  return places;
}

/** What an emptyDir or a volume is to the pod's user. */
async function giveAway(folder: string): Promise<void> {
  if (process.getuid?.() === 0) await chown(folder, 10_001, 10_001);
  await chmod(folder, 0o770);
}

function servicesOf(manifests: readonly Manifest[], places: readonly Place[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    manifests
      .filter(({ kind }) => kind === 'Service')
      .map(({ metadata, spec }) => {
        const component = spec.selector['app.kubernetes.io/component'];
        const hosts = places.filter(({ pod }) => pod.component === component).map(({ host }) => host);
        // A headless Service is all its pods; any other is one address, here that of its first pod.
        return [metadata.name, spec.clusterIP === 'None' ? hosts : hosts.slice(0, 1)];
      }),
  );
}

function imageOf(
  { stages, rootOf }: ImageBuild,
  { folder }: Place,
  { image }: Container,
): { readonly image: ImageConfig; readonly root: string } {
  const [, target] = /(?:^|\/)tessera-([\w-]+):/.exec(image) ?? [];
  return target === undefined
    ? { image: BARE_IMAGE, root: folder }
    : { image: imageConfig(stages, target), root: rootOf(target) };
}

async function writeNatsConfig(text: string, { folder, host }: Place): Promise<void> {
  const mapped = text
    .replaceAll('0.0.0.0', host)
    .replaceAll('/var/lib/nats', join(folder, 'nats'))
    .replaceAll('/tmp/', `${join(folder, 'tmp')}/`);
  await writeFile(join(folder, 'etc/nats.conf'), mapped, { mode: 0o644 });
}

/** What the chart's own test pod does. */
async function generate(
  places: readonly Place[],
  startOf: (place: Place, container: Container) => ContainerStart,
): Promise<boolean> {
  const place = places.find(({ pod }) => pod.component === 'test');
  const [container] = place?.pod.spec.containers ?? [];
  if (place === undefined || container === undefined) throw new Error('the chart has no test pod');
  const { ended, said } = await startContainer(startOf(place, container));
  if ((await ended) !== 0) throw new Error(`the test pod failed: ${said()}`);
  const { receipt } = await readImageWithReceipt(join(place.folder, 'tmp/test.png'));
  return receipt.prompt === 'a red apple';
}

/** Ends every process as a kubelet would, gateways first, and says whether each ended within its pod's time. */
async function stop(running: readonly { readonly place: Place; readonly process: ContainerProcess }[]) {
  let stopsInTime = true;
  let failures = 0;
  let slowestS = 0;
  for (const { place, process } of [...running].reverse()) {
    const beganMs = performance.now();
    process.process.kill('SIGTERM');
    const code = await process.ended;
    const seconds = (performance.now() - beganMs) / 1000;
    slowestS = Math.max(slowestS, seconds);
    stopsInTime &&= seconds <= (place.pod.spec.terminationGracePeriodSeconds ?? 30);
    // NATS ends by SIGTERM with 1.
    if (place.pod.component !== 'nats' && code !== 0) failures += 1;
  }
  return { stopsInTime, exitCodes: failures, slowestStopS: Number(slowestS.toFixed(2)) };
}
