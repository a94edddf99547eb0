import type { Command } from 'commander';
import { type FoundCluster, findCluster } from '../cluster/find-cluster.js';
import { addSettings, commandSettings } from '../command-settings.js';
import { CLIENT_SETTINGS } from '../settings.js';

/** What every command gets from the process around it. */
export interface CommandContext {
  /** Aborted by Ctrl-C, SIGTERM, or a reader of stdout that went away. */
  readonly signal: AbortSignal;
}

/** A command that talks to a running cluster. */
export function addClusterCommand<Arguments extends readonly unknown[], Options extends object>(
  command: Command,
  { signal }: CommandContext,
  run: (cluster: FoundCluster, options: Options, ...args: Arguments) => Promise<void>,
): Command {
  return addSettings(command, CLIENT_SETTINGS).action(async (...called: unknown[]) => {
    const self = called.pop() as Command;
    const options = called.pop() as Options;
    const cluster = await findCluster({ settings: commandSettings(self, CLIENT_SETTINGS), signal });
    try {
      await run(cluster, options, ...(called as unknown as Arguments));
    } finally {
      await cluster.close();
    }
  });
}

/** Examples under a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}
