import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterStatus, connect, type TesseraClient, TesseraError } from '@tessera/client';
import type { Command } from 'commander';
import { type LocalCluster, startLocalCluster } from '../cluster/cluster.js';
import { addSettings, commandSettings } from '../command-settings.js';
import { relayedLine } from '../output/relay-log.js';
import { writeJson, writeOut } from '../output/write-out.js';
import { CLUSTER_SETTINGS, DEFAULT_ADDRESS } from '../settings.js';
import { type CommandContext, examples } from './command-context.js';

export function addUp(program: Command, { signal }: CommandContext): void {
  const command = program
    .command('up')
    .description('start a whole cluster on this machine and supervise it until Ctrl-C')
    .option('--json', 'print one line of JSON once everything is ready', false)
    .addHelpText(
      'after',
      examples(
        'tessera up',
        'tessera up --denoisers 2 --threads 2 --port 9000',
        'tessera up --model ./sd15-onnx --device cuda:0 --json',
      ),
    );
  addSettings(command, CLUSTER_SETTINGS).action(({ json }: { json: boolean }, self: Command) =>
    runUp(self, json, signal),
  );
}

async function runUp(command: Command, json: boolean, signal: AbortSignal): Promise<void> {
  const settings = commandSettings(command, CLUSTER_SETTINGS);
  const { isTTY } = process.stderr;
  for (const text of settings.warnings) process.stderr.write(relayedLine({ process: 'up', text }, isTTY));
  const cluster = await startLocalCluster({
    settings,
    environment: process.env,
    signal,
    onLog: (line) => process.stderr.write(relayedLine(line, isTTY)),
  });
  try {
    await tellReady(cluster, AbortSignal.any([signal, cluster.failed]), json);
    await ended(signal, cluster);
  } finally {
    await cluster.stop();
  }
}

const POLL_MS = 50;

async function tellReady({ address, supervisorKey }: LocalCluster, signal: AbortSignal, json: boolean): Promise<void> {
  const client = connect({ address, apiKey: supervisorKey });
  try {
    const workers = await allReady(client, signal);
    await (json ? writeJson(readyJson(address, workers)) : writeOut(readyText(address, workers)));
  } finally {
    client.close();
  }
}

/** The gateway is ready with one worker of each stage; `up` is with all of them. */
async function allReady(client: TesseraClient, signal: AbortSignal): Promise<ClusterStatus['workers']> {
  for (;;) {
    const { workers } = await client.status({ signal });
    if (workers.every(({ state }) => state === 'ready')) return workers;
    await delay(POLL_MS, undefined, { signal });
  }
}

function readyJson(address: string, workers: ClusterStatus['workers']) {
  const told = workers.map(({ id, stage, pid, address: at }) => ({ id, stage, pid, address: at }));
  return { ready: true, addresses: [address], workers: told };
}

function readyText(address: string, workers: ClusterStatus['workers']): string {
  const devices = [...new Set(workers.map(({ device }) => device))].join(', ');
  const models = [...new Set(workers.flatMap(({ models: served }) => served))].join(', ');
  const hint = address === DEFAULT_ADDRESS ? '' : ` --address ${address}`;
  return [
    `ready at ${address}: ${workers.length} workers on ${devices}, model ${models}`,
    `try: tessera generate "a red apple"${hint}`,
    '',
  ].join('\n');
}

/** SIGTERM is the ordinary way for a service to be ended; Ctrl-C interrupts. */
async function ended(signal: AbortSignal, { failed }: LocalCluster): Promise<void> {
  const either = AbortSignal.any([signal, failed]);
  if (!either.aborted) await once(either, 'abort');
  const reason = TesseraError.from(either.reason);
  if (reason.reason !== 'SIGTERM') throw reason;
}
