import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../logger.js';
import { GATEWAY_SETTINGS, resolveSettings, WORKER_SETTINGS } from '../settings/index.js';
import type { WorkerStage } from './stages.js';

/** What a worker's own command line comes to. */
export interface WorkerSettings {
  readonly stage: WorkerStage;
  readonly id: string;
  /** `host:port`; port 0 takes a free one. */
  readonly listen: string;
  /** `host:port`; without it there are no metrics. */
  readonly metricsListen?: string | undefined;
  readonly graceMs: number;
  /** Names in the store or of built-in models, or folders; at least one. */
  readonly models: readonly string[];
  readonly home: string;
  readonly device: string;
  readonly threads: number;
}

/** The folder of the models that come with Tessera. */
export const BUILT_IN_MODELS = join(import.meta.dirname, '../../../../models');

/**
 * Reads flags, environment and config file of this process, and sets the log level.
 *
 * @throws TesseraError invalid_argument that names the setting at fault.
 */
export function workerSettings(stage: WorkerStage, log: Logger): WorkerSettings {
  const { values, warnings } = resolveSettings(WORKER_SETTINGS, {
    argv: process.argv.slice(2),
    environment: process.env,
    alsoKnown: Object.keys(GATEWAY_SETTINGS),
  });
  log.level = values.logLevel;
  for (const warning of warnings) log.warn(warning);
  return {
    stage,
    id: values.workerId ?? `${stage}-${randomBytes(3).toString('hex')}`,
    listen: values.listen,
    metricsListen: values.metricsListen === 'off' ? undefined : values.metricsListen,
    graceMs: values.grace,
    models: values.model,
    home: values.home,
    device: values.device,
    threads: values.threads ?? availableParallelism(),
  };
}
