import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
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
import { ALL_SETTING_NAMES, CLUSTER_GATEWAY_SETTINGS, type CLUSTER_SETTINGS } from '../settings.js';
import type { ProcessSpec } from './supervised-process.js';
import { planThreads } from './thread-plan.js';

export type ClusterSettings = ResolvedSettings<typeof CLUSTER_SETTINGS>;

const ANY_PORT = '127.0.0.1:0';

/**
 * Node reads every socket into 64 KiB, of which a little stays. glibc gives
 * back what it mapped, not what it cut from its heap, and would leave tens of
 * megabytes of holes with some hundred connections. Other allocators pass over
 * the variable; who sets it is heard.
 */
const GATEWAY_MEMORY = { MALLOC_MMAP_THRESHOLD_: String(48 * 1024) };

/** The workers of a cluster, stage by stage. */
export function workerSpecs(settings: ClusterSettings, environment: Environment): readonly ProcessSpec[] {
  const { textEncoders, denoisers, decoders, model, device, threads } = settings.values;
  const plan = planThreads(availableParallelism(), { textEncoders, denoisers, decoders }, threads);
  const stage = (kind: ProcessKind, count: number, stageThreads: number): ProcessSpec[] =>
    Array.from({ length: count }, (_, index) => ({
      name: `${kind}-${index + 1}`,
      script: PROCESS_SCRIPTS[kind],
      args: [
        ...['--worker-id', `${kind}-${index + 1}`, '--device', device, '--threads', String(stageThreads)],
        ...model.flatMap((one) => ['--model', one]),
        ...sharedFlags(settings),
      ],
      listen: ANY_PORT,
      environment: childEnvironment(settings, environment),
    }));
  return [
    ...stage('text-encoder', textEncoders, plan.textEncoder),
    ...stage('denoiser', denoisers, plan.denoiser),
    ...stage('decoder', decoders, plan.decoder),
  ];
}

export interface WorkerAddresses {
  readonly textEncoders: readonly string[];
  readonly denoisers: readonly string[];
  readonly decoders: readonly string[];
}

export function gatewaySpec(
  settings: ClusterSettings,
  workers: WorkerAddresses,
  environment: Environment,
  supervisorKey: string,
): ProcessSpec {
  const { listen, port } = settings.values;
  const handedOn = settings.entries.filter(
    ({ key, source }) => source.kind !== 'default' && gatewayKeys.has(key) && key !== 'listen',
  );
  // The second listener keeps its well-known port only beside the first one's.
  const healthGiven = handedOn.some(({ key }) => key === 'health-listen');
  const ownHealth = healthGiven || isDefaultListen(settings) ? [] : ['--health-listen', ANY_PORT];
  return {
    name: 'gateway',
    script: PROCESS_SCRIPTS.gateway,
    args: [
      ...['--text-encoders', workers.textEncoders.join(',')],
      ...['--denoisers', workers.denoisers.join(',')],
      ...['--decoders', workers.decoders.join(',')],
      ...handedOn.flatMap(({ key, text = '' }) => asFlag(key, text)),
      ...ownHealth,
    ],
    listen: port === undefined ? listen : formatAddress({ ...parseAddress(listen), port }),
    environment: {
      ...GATEWAY_MEMORY,
      ...childEnvironment(settings, environment),
      [SUPERVISOR_KEY_ENV]: createHash('sha256').update(supervisorKey).digest('hex'),
    },
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
