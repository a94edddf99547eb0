import { resolveSettings } from '@tessera/runtime';
import { ALL_SETTING_NAMES, CLUSTER_SETTINGS } from '../settings.js';
import { type LocalCluster, startLocalCluster } from './cluster.js';
import type { LogLine } from './process-output.js';

export interface EphemeralStart {
  /** Models to serve; the built-in one, or what the environment says, when empty. */
  readonly models: readonly string[];
  readonly config: string | undefined;
  readonly signal: AbortSignal;
  readonly onLog: (line: LogLine) => void;
}

/** A whole cluster for one command, on free ports, quiet. */
export function startEphemeralCluster({ models, config, signal, onLog }: EphemeralStart): Promise<LocalCluster> {
  const argv = [
    ...['--port', '0', '--grace', '1s'],
    ...(process.env.TESSERA_LOG_LEVEL === undefined ? ['--log-level', 'warn'] : []),
    ...models.flatMap((model) => ['--model', model]),
    ...(config === undefined ? [] : ['--config', config]),
  ];
  const settings = resolveSettings(CLUSTER_SETTINGS, { argv, environment: process.env, alsoKnown: ALL_SETTING_NAMES });
  return startLocalCluster({ settings, environment: process.env, signal, onLog });
}
