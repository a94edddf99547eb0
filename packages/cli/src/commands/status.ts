import type { WorkerStatus } from '@tessera/client';
import type { Command } from 'commander';
import { snakeCased } from '../output/snake-case.js';
import { table } from '../output/table.js';
import { writeJson, writeOut } from '../output/write-out.js';
import { addClusterCommand, type CommandContext, examples } from './command-context.js';

const MIB = 1024 * 1024;

export function addStatus(program: Command, context: CommandContext): void {
  const command = program
    .command('status')
    .description("show the cluster's gateways and workers")
    .option('--json', 'one line of JSON', false)
    .addHelpText('after', examples('tessera status', 'tessera status --address 10.0.0.5:8470 --json'));
  addClusterCommand<[], { json: boolean }>(command, context, async ({ client, signal }, { json }) => {
    const status = await client.status({ signal });
    if (json) return writeJson(snakeCased(status));
    const gateways = status.gateways.map(({ id, address, pid, running, queued, refused, rssBytes }) => [
      ...[id, address, ...[pid, running, queued, refused].map(String), `${Math.round(rssBytes / MIB)} MiB`],
    ]);
    await writeOut(table(['GATEWAY', 'ADDRESS', 'PID', 'RUNNING', 'QUEUED', 'REFUSED', 'MEMORY'], gateways));
    const headings = [
      'WORKER',
      'STAGE',
      'STATE',
      'ADDRESS',
      'PID',
      'DEVICE',
      'BUSY',
      'WAITING',
      'EVALUATIONS',
      'MEMORY',
    ];
    await writeOut(`\n${table(headings, status.workers.map(rowOf))}`);
  });
}

function rowOf({ id, stage, state, address, pid, device, load, evaluationsStarted }: WorkerStatus): string[] {
  return [
    ...[id, stage, state, address, String(pid), device, `${Math.round(load.busy * 100)} %`, String(load.waiting)],
    ...[String(evaluationsStarted), `${Math.round(load.rssBytes / MIB)} MiB`],
  ];
}
