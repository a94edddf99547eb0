import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type Environment,
  formatAddress,
  keyOf,
  parseAddress,
  type ResolvedSettings,
  SUPERVISOR_KEY_ENV,
  variableOf,
} from '@tessera/runtime';
import { PROCESS_SCRIPTS, type ProcessKind } from '../installation.js';
import { findNatsServer } from '../nats/find-nats-server.js';
import { ALL_SETTING_NAMES, CLUSTER_GATEWAY_SETTINGS, type CLUSTER_SETTINGS } from '../settings.js';
import type { ProcessSpec } from './supervised-process.js';
import { planThreads, type ThreadPlan } from './thread-plan.js';

export type ClusterSettings = ResolvedSettings<typeof CLUSTER_SETTINGS>;

const ANY_PORT = '127.0.0.1:0';

/**
 * Node reads every socket into 64 KiB, of which a little stays. glibc gives
 * back what it mapped, not what it cut from its heap, and would leave tens of
 * megabytes of holes with some hundred connections. Other allocators pass over
 * the variable; who sets it is heard.
 */
const GATEWAY_MEMORY = { MALLOC_MMAP_THRESHOLD_: String(48 * 1024) };

/** The workers of a cluster, stage by stage. @param parts of each denoiser, the addresses of its further parts' workers. */
export function workerSpecs(
  settings: ClusterSettings,
  environment: Environment,
  parts: readonly (readonly string[])[] = [],
): readonly ProcessSpec[] {
  const { textEncoders, denoisers, decoders } = settings.values;
  const plan = threadPlan(settings);
  const stage = (
    kind: ProcessKind,
    count: number,
    threads: number,
    own: (index: number) => readonly string[] = () => [],
  ) =>
    Array.from({ length: count }, (_, index) =>
      workerSpec(settings, environment, { kind, name: `${kind}-${index + 1}`, threads, own: own(index) }),
    );
  const partsOf = (index: number) => (parts[index] ?? []).flatMap((address) => ['--denoiser-parts', address]);
  return [
    ...stage('text-encoder', textEncoders, plan.textEncoder),
    ...stage('denoiser', denoisers, plan.denoiser, partsOf),
    ...stage('decoder', decoders, plan.decoder),
  ];
}

/**
 * The workers of the further parts of each denoiser, in order. They may use as
 * many threads as it: the parts of one image run one after the other, and idle
 * threads cost nothing.
 */
export function partSpecs(
  settings: ClusterSettings,
  environment: Environment,
  shards: number,
): readonly (readonly ProcessSpec[])[] {
  const { denoiser: threads } = threadPlan(settings);
  return Array.from({ length: settings.values.denoisers }, (_, denoiser) =>
    Array.from({ length: shards - 1 }, (_, further) => {
      const part = further + 2;
      const name = `denoiser-${denoiser + 1}-part-${part}`;
      return workerSpec(settings, environment, {
        kind: 'denoiser-part',
        name,
        threads,
        own: ['--denoiser-part', `${part}/${shards}`],
      });
    }),
  );
}

function threadPlan({ values: { textEncoders, denoisers, decoders, threads } }: ClusterSettings): ThreadPlan {
  return planThreads(availableParallelism(), { textEncoders, denoisers, decoders }, threads);
}

interface WorkerOfCluster {
  readonly kind: ProcessKind;
  readonly name: string;
  readonly threads: number;
  /** Flags of its own. */
  readonly own: readonly string[];
}

function workerSpec(
  settings: ClusterSettings,
  environment: Environment,
  { kind, name, threads, own }: WorkerOfCluster,
): ProcessSpec {
  const { model, device } = settings.values;
  return {
    name,
    script: PROCESS_SCRIPTS[kind],
    args: [
      ...['--worker-id', name, '--device', device, '--threads', String(threads)],
      ...model.flatMap((one) => ['--model', one]),
      ...['--metrics-listen', furtherMetrics(settings)],
      ...(settings.values.insecure ? ['--insecure'] : []),
      ...own,
      ...sharedFlags(settings),
    ],
    listen: ANY_PORT,
    environment: childEnvironment(settings, environment),
  };
}

export interface WorkerAddresses {
  readonly textEncoders: readonly string[];
  readonly denoisers: readonly string[];
  readonly denoiserParts: readonly string[];
  readonly decoders: readonly string[];
}

/** What the gateways of a cluster are told beside its settings. */
export interface GatewayCompany {
  readonly workers: WorkerAddresses;
  /** Servers of the Bus; none: it is in memory. */
  readonly nats: readonly string[];
  /** Of the server that is started with the cluster. */
  readonly natsMonitor?: string | undefined;
  readonly supervisorKey: string;
}

/** The gateways of a cluster: the first where it was asked for, the others on the ports above its two. */
export function gatewaySpecs(
  settings: ClusterSettings,
  environment: Environment,
  company: GatewayCompany,
): readonly ProcessSpec[] {
  const { gateways } = settings.values;
  return Array.from({ length: gateways }, (_, index) => gatewaySpec(settings, environment, company, index));
}

function gatewaySpec(
  settings: ClusterSettings,
  environment: Environment,
  { workers, nats, natsMonitor, supervisorKey }: GatewayCompany,
  index: number,
): ProcessSpec {
  const { listen, gateways } = settings.values;
  const port = settings.values.port ?? parseAddress(listen).port;
  const handedOn = settings.entries.filter(
    ({ key, source }) => source.kind !== 'default' && gatewayKeys.has(key) && key !== 'listen',
  );
  // The second listener keeps its well-known port only beside the first one's.
  const healthGiven = handedOn.some(({ key }) => key === 'health-listen');
  const keepsHealth = index === 0 && (healthGiven || isDefaultListen(settings));
  const ownHealth = keepsHealth ? [] : ['--health-listen', ANY_PORT];
  const ownMetrics = keepsMetrics(settings, index) ? [] : ['--metrics-listen', furtherMetrics(settings)];
  const own = ['health-listen', 'metrics-listen'];
  return {
    name: gateways === 1 ? 'gateway' : `gateway-${index + 1}`,
    script: PROCESS_SCRIPTS.gateway,
    args: [
      ...['--text-encoders', workers.textEncoders.join(',')],
      ...['--denoisers', workers.denoisers.join(',')],
      ...workers.denoiserParts.flatMap((address) => ['--denoiser-parts', address]),
      ...['--decoders', workers.decoders.join(',')],
      ...handedOn.flatMap(({ key, text = '' }) => (index > 0 && own.includes(key) ? [] : asFlag(key, text))),
      ...ownHealth,
      ...ownMetrics,
      ...nats.flatMap((server) => ['--nats', server]),
      ...(natsMonitor === undefined ? [] : ['--nats-monitor', natsMonitor]),
    ],
    listen: formatAddress({ ...parseAddress(listen), port: portOf(port, index) }),
    environment: {
      ...GATEWAY_MEMORY,
      ...childEnvironment(settings, environment),
      [SUPERVISOR_KEY_ENV]: createHash('sha256').update(supervisorKey).digest('hex'),
    },
  };
}

/** The well-known port belongs to the well-known gateway; told otherwise, the first one is where it was told to be. */
function keepsMetrics(settings: ClusterSettings, index: number): boolean {
  return index === 0 && (isDefaultListen(settings) || isGiven(settings, 'metrics-listen'));
}

/** Of the other processes: on any port when metrics were asked for. */
function furtherMetrics(settings: ClusterSettings): string {
  const { metricsListen } = settings.values;
  return metricsListen === 'off' || !isGiven(settings, 'metrics-listen')
    ? 'off'
    : formatAddress({ ...parseAddress(metricsListen), port: 0 });
}

function isGiven({ entries }: ClusterSettings, key: string): boolean {
  return entries.some((entry) => entry.key === key && entry.source.kind !== 'default');
}

/** The port after the first gateway's is its health's. */
function portOf(firstPort: number, index: number): number {
  return firstPort === 0 || index === 0 ? firstPort : firstPort + 1 + index;
}

/** A nats-server on loopback, with its store in the home. */
export function natsSpec(settings: ClusterSettings, environment: Environment): ProcessSpec {
  const folder = join(settings.values.home, 'nats');
  return {
    name: 'nats',
    script: PROCESS_SCRIPTS.nats,
    args: ['--program', findNatsServer(environment), '--folder', folder, ...sharedFlags(settings)],
    listen: ANY_PORT,
    environment: childEnvironment(settings, environment),
  };
}

const gatewayKeys = new Set(
  Object.keys(CLUSTER_GATEWAY_SETTINGS)
    .map(keyOf)
    .filter((key) => key !== 'config'),
);

const SHARED_KEYS = new Set(['home', 'log-level', 'grace']);

function sharedFlags(settings: ClusterSettings): readonly string[] {
  return settings.entries
    .filter(({ key, source }) => SHARED_KEYS.has(key) && source.kind !== 'default')
    .flatMap(({ key, text = '' }) => asFlag(key, text));
}

function asFlag(key: string, text: string): readonly string[] {
  if (text === 'true') return [`--${key}`];
  if (text === 'false') return [`--no-${key}`];
  return [`--${key}`, text];
}

function isDefaultListen({ values, entries }: ClusterSettings): boolean {
  return values.port === undefined && entries.find(({ key }) => key === 'listen')?.source.kind === 'default';
}

/**
 * Every setting reaches a child as a flag, so that none reaches it twice or
 * with another process's meaning. The log level is told again in the variable:
 * it is needed before flags are read.
 */
function childEnvironment(settings: ClusterSettings, environment: Environment): NodeJS.ProcessEnv {
  const settingVariables = new Set(ALL_SETTING_NAMES.map(variableOf));
  const kept = Object.entries(environment).filter(([name]) => !settingVariables.has(name));
  return { ...Object.fromEntries(kept), [variableOf('logLevel')]: settings.values.logLevel };
}
