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
        'tessera up --nats auto --gateways 2',
        'tessera up --model ./sdxl-onnx --shard-denoiser 3GiB',
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

async function tellReady(cluster: LocalCluster, signal: AbortSignal, json: boolean): Promise<void> {
  const client = connect({ address: cluster.addresses[0], apiKey: cluster.supervisorKey, ...cluster.security });
  try {
    const status = await allReady(client, cluster, signal);
    await (json ? writeJson(readyJson(cluster, status)) : writeOut(readyText(cluster, status)));
  } finally {
    client.close();
  }
}

/** A gateway is ready with one worker of each stage; `up` is with all of them, and with gateways that know each other. */
async function allReady(
  client: TesseraClient,
  { addresses }: LocalCluster,
  signal: AbortSignal,
): Promise<ClusterStatus> {
  for (;;) {
    const status = await client.status({ signal });
    const known = status.gateways.map(({ address }) => address);
    const gatewaysThere = addresses.every((address) => known.includes(address));
    if (gatewaysThere && status.workers.every(({ state }) => state === 'ready')) return status;
    await delay(POLL_MS, undefined, { signal });
  }
}

function readyJson({ addresses, nats, metrics }: LocalCluster, { gateways, workers }: ClusterStatus) {
  return {
    ready: true,
    addresses,
    gateways: addresses.flatMap((address) => {
      const gateway = gateways.find((one) => one.address === address);
      return gateway === undefined ? [] : [{ id: gateway.id, pid: gateway.pid, address }];
    }),
    workers: workers.map(({ id, stage, pid, address }) => ({ id, stage, pid, address })),
    ...(nats && { nats }),
    ...(Object.keys(metrics).length > 0 && { metrics }),
  };
}

function readyText({ addresses, nats }: LocalCluster, { workers }: ClusterStatus): string {
  const devices = [...new Set(workers.map(({ device }) => device))].join(', ');
  const models = [...new Set(workers.flatMap(({ models: served }) => served))].join(', ');
  const [address] = addresses;
  const hint = address === DEFAULT_ADDRESS ? '' : ` --address ${address}`;
  return [
    `ready at ${addresses.join(', ')}: ${workers.length} workers on ${devices}, model ${models}`,
    ...(nats === undefined ? [] : [`NATS at ${nats.url}`]),
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
