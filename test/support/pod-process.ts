import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container, Probe } from './chart.js';
import type { ImageConfig } from './dockerfile.js';
import { healthClient } from './health-client.js';
import { eventually } from './processes.js';

/** A container of the chart as a process of this machine: what it is told, with paths and addresses mapped. */
export interface ContainerStart {
  readonly container: Container;
  readonly image: ImageConfig;
  /** The folder that stands for the image's root. */
  readonly root: string;
  /** What pods mount, by its path: the folder that stands for it. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly podName: string;
  /** Of this pod, in place of every interface. */
  readonly host: string;
  /** Addresses of each Service, as DNS would tell them. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  /** Where the image's programs without a path are here. */
  readonly programs: Readonly<Record<string, string>>;
  /** Whole user and group id, when this process may take them. */
  readonly user?: number;
}

export interface ContainerProcess {
  readonly name: string;
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  /** Everything on stdout and stderr so far. */
  said(): string;
}

export async function startContainer(start: ContainerStart): Promise<ContainerProcess> {
  const { container, image, root, user } = start;
  const commandLine = [...(container.command ?? image.entrypoint), ...(container.args ?? [])];
  const [command = '', ...args] = commandLine.map((word) => mapped(word, start));
  const folder = join(root, image.workingFolder);
  await mkdir(folder, { recursive: true });
  const child = spawn(start.programs[command] ?? command, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environmentOf(start) },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user !== undefined && { uid: user, gid: user }),
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  }
  const ended = once(child, 'close').then(() => child.exitCode);
  return { name: start.podName, process: child, ended, said: () => text };
}

function environmentOf(start: ContainerStart): Record<string, string> {
  const own = (start.container.env ?? []).map(({ name, value, valueFrom }) => {
    if (value !== undefined) return [name, value];
    if (valueFrom !== undefined && 'fieldRef' in valueFrom) return [name, start.podName];
    // As Kubernetes does: whole units, rounded up.
    if (valueFrom !== undefined && 'resourceFieldRef' in valueFrom) return [name, wholeCpus(start.container)];
    throw new Error(`${start.podName}: nothing stands for the source of ${name}`);
  });
  const all = { ...start.image.environment, ...Object.fromEntries(own) } as Record<string, string>;
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, mapped(value, start)]));
}

function wholeCpus({ resources }: Container): string {
  const limit = String(resources?.limits?.cpu);
  return String(Math.ceil(limit.endsWith('m') ? Number(limit.slice(0, -1)) / 1000 : Number(limit)));
}

/** A word of the command line where this machine is in place of the pod. */
function mapped(word: string, { root, mounts, host, services }: ContainerStart): string {
  const mount = Object.keys(mounts).find((path) => word === path || word.startsWith(`${path}/`));
  if (mount !== undefined) return (mounts[mount] ?? '') + word.slice(mount.length);
  if (word.startsWith('/')) return join(root, word);
  const [, scheme = '', name = '', port = ''] = /^(\w+:\/\/)?([\w.-]+):(\d+)$/.exec(word) ?? [];
  if (name === '0.0.0.0') return `${host}:${port}`;
  const addresses = services[name];
  return addresses === undefined ? word : addresses.map((address) => `${scheme}${address}:${port}`).join(',');
}

/** Whether what a kubelet would ask says yes now. */
export async function probeHolds(probe: Probe, host: string, ports: Container['ports'] = []): Promise<boolean> {
  if (probe.grpc !== undefined) {
    const prober = healthClient(`${host}:${probe.grpc.port}`);
    try {
      return (await prober.check(probe.grpc.service ?? '')) === 'SERVING';
    } catch {
      return false;
    } finally {
      prober.close();
    }
  }
  if (probe.httpGet === undefined) return false;
  const { path, port } = probe.httpGet;
  const number = typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort;
  const response = await fetch(`http://${host}:${number}${path}`).catch(() => undefined);
  return response?.ok === true;
}

/** Waits for a container's startup probe for as long as a kubelet would, then asks the other two. */
export async function probesHold({ container, host }: Pick<ContainerStart, 'container' | 'host'>): Promise<boolean> {
  const { startupProbe, readinessProbe, livenessProbe, ports } = container;
  if (!startupProbe || !readinessProbe || !livenessProbe) return false;
  const limitMs = 1000 * (startupProbe.periodSeconds ?? 10) * (startupProbe.failureThreshold ?? 3);
  if (!(await eventually(() => probeHolds(startupProbe, host, ports), limitMs))) return false;
  if (!(await probeHolds(livenessProbe, host, ports))) return false;
  return eventually(() => probeHolds(readinessProbe, host, ports), READY_LIMIT_MS);
}

/** A gateway is ready once all stages are. */
const READY_LIMIT_MS = 120_000;
