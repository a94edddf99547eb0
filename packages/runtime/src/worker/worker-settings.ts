import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { MainContext } from '../run-main.js';
import {
  DENOISER_PART_SETTINGS,
  DENOISER_SETTINGS,
  GATEWAY_SETTINGS,
  resolveSettings,
  type SettingDefinitions,
  type SettingValues,
  WORKER_SETTINGS,
} from '../settings/index.js';
import { assertOnLoopback } from '../tls/guards.js';
import { type Peers, peersOf } from '../tls/peers.js';
import type { WorkerStage } from './stages.js';

/** What a worker's own command line comes to. */
export interface WorkerSettings {
  readonly stage: WorkerStage;
  readonly id: string;
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  /** `host:port`; without it there are no metrics. */
  readonly metricsListen?: string | undefined;
  /** `host:port` of plaintext health alone; without it there is none. */
  readonly healthListen?: string | undefined;
  /** With them only gateways are served, and only monitors read metrics. */
  readonly peers?: Peers | undefined;
  /** Plain text beyond loopback is meant. */
  readonly insecure?: boolean;
  readonly graceMs: number;
  /** Names in the store or of built-in models, or folders; at least one. */
  readonly models: readonly string[];
  readonly home: string;
  readonly device: string;
  readonly threads: number;
}

/** The folder of the models that come with Tessera. */
export const BUILT_IN_MODELS = join(import.meta.dirname, '../../../../models');

const NONE = {} as const satisfies SettingDefinitions;

/**
 * Reads flags, environment and config file of this process, and sets the log level.
 *
 * @param signal ends following the certificates.
 * @param own what workers of this stage can be told beside what all can.
 * @throws TesseraError invalid_argument that names the setting at fault.
 */
export function workerSettings<Own extends SettingDefinitions = typeof NONE>(
  stage: WorkerStage,
  { log, signal }: MainContext,
  own?: Own,
): WorkerSettings & SettingValues<Own> {
  const resolved = resolveSettings(
    { ...WORKER_SETTINGS, ...own },
    {
      argv: process.argv.slice(2),
      environment: process.env,
      alsoKnown: Object.keys({ ...GATEWAY_SETTINGS, ...DENOISER_SETTINGS, ...DENOISER_PART_SETTINGS }),
    },
  );
  const values = resolved.values as SettingValues<typeof WORKER_SETTINGS>;
  const { warnings } = resolved;
  log.level = values.logLevel;
  for (const warning of warnings) log.warn(warning);
  const peers = peersOf(values, log, signal);
  const metricsListen = values.metricsListen === 'off' ? undefined : values.metricsListen;
  if (peers === undefined) {
    const lacks = 'without --peer-cert, --peer-key and --peer-ca';
    assertOnLoopback({ flag: '--listen', address: values.listen, lacks }, values.insecure);
    if (metricsListen !== undefined) {
      assertOnLoopback({ flag: '--metrics-listen', address: metricsListen, lacks }, values.insecure);
    }
  }
  const ownValues = Object.entries(resolved.values).filter(([name]) => name in (own ?? NONE));
  return {
    ...(Object.fromEntries(ownValues) as SettingValues<Own>),
    stage,
    id: values.workerId ?? `${stage}-${randomBytes(3).toString('hex')}`,
    listen: values.listen,
    metricsListen,
    healthListen: values.healthListen === 'off' ? undefined : values.healthListen,
    peers,
    insecure: values.insecure,
    graceMs: values.grace,
    models: values.model,
    home: values.home,
    device: values.device,
    threads: values.threads ?? availableParallelism(),
  };
}
