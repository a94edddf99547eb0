import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectTls } from 'node:tls';
import { Metadata } from '@grpc/grpc-js';
import { connect } from '@tessera/client';
import { callUnary, tesseraV1 } from '@tessera/proto';
import { connectPeer, type Peers, type WorkerStage } from '@tessera/runtime';
import { eventually } from './processes.js';
import type { SecureCluster } from './secure-cluster.js';

/** What a load saw while all certificates and the authority itself were replaced. */
export interface Rotation {
  readonly calls: number;
  readonly failed: readonly string[];
  /** Ports that showed another certificate at the end, of so many. */
  readonly renewed: number;
  readonly ports: number;
  /** Workers that still let in whom the authority before had signed for. */
  readonly stillTrusting: number;
  /** Whether a denoiser that was started again, with a certificate of the new authority, was used. */
  readonly newcomerUsed: boolean;
}

const VIEWERS = 4;
const STEPS = 2;
const WITHIN_MS = 30_000;

/**
 * Trusts the next authority too, replaces every certificate by its, and ends
 * trust in the one before; all the while each generation is made over a
 * connection of its own, without a second try.
 */
export async function rotateUnderLoad(cluster: SecureCluster): Promise<Rotation> {
  const { authority, nextAuthority } = cluster;
  const ca = Buffer.concat(await Promise.all([authority, nextAuthority].map((one) => readFile(one.certificateFile))));
  const [before, next] = await Promise.all([cluster.peer('gateway'), cluster.peer('gateway', nextAuthority)]);
  const done = new AbortController();
  const load = Promise.all(
    Array.from({ length: VIEWERS }, (_, viewer) => generateOn(cluster, ca, viewer, done.signal)),
  );
  const shown = await serials(cluster);

  await cluster.trust(authority, nextAuthority);
  await holds(async () => (await admitting(cluster, next)) === cluster.workers.length, 'trust in the next authority');
  await cluster.certify(nextAuthority);
  const renewedOf = async () => (await serials(cluster)).filter((serial, port) => serial !== shown[port]).length;
  await holds(async () => (await renewedOf()) === shown.length, 'new certificates');
  await cluster.trust(nextAuthority);
  await holds(async () => (await admitting(cluster, before)) === 0, 'the end of trust in the authority before');
  const newcomerUsed = await startAgain(cluster);

  done.abort();
  const views = await load;
  return {
    calls: views.reduce((sum, { calls }) => sum + calls, 0),
    failed: views.flatMap(({ failed }) => failed),
    renewed: await renewedOf(),
    ports: shown.length,
    stillTrusting: await admitting(cluster, before),
    newcomerUsed,
  };
}

async function generateOn(cluster: SecureCluster, ca: Buffer, viewer: number, done: AbortSignal) {
  const { address } = cluster.gateway;
  const [apiKey] = cluster.tenants[viewer % 2 === 0 ? 0 : 1].keys;
  const failed: string[] = [];
  let calls = 0;
  for (; !done.aborted; calls += 1) {
    const client = connect({ address, apiKey, tls: { ca }, reconnect: { attempts: 1 } });
    try {
      let last = '';
      for await (const { type } of client.generate({ prompt: 'a red apple', steps: STEPS, seed: calls })) last = type;
      if (last !== 'completed') failed.push(last);
    } catch (thrown) {
      failed.push((thrown as Error).message);
    } finally {
      client.close();
    }
  }
  return { calls, failed };
}

/** How many workers answer a gateway of these peers over a new connection. */
async function admitting({ workers }: SecureCluster, peers: Peers): Promise<number> {
  const answered = workers.map(async ({ address, told }) => {
    const channel = connectPeer(address, told.stage as WorkerStage, peers);
    const client = channel.client(tesseraV1.WorkerService);
    const deadline = Date.now() + WITHIN_MS;
    return callUnary(client.describe.bind(client), {}, new Metadata(), { deadline })
      .then(() => 1)
      .catch(() => 0)
      .finally(() => channel.close());
  });
  return (await Promise.all(answered)).reduce<number>((sum, one) => sum + one, 0);
}

/** The serial number that each port shows a new connection. */
async function serials({ workers, gateway }: SecureCluster): Promise<readonly string[]> {
  const addresses = [
    gateway.address,
    gateway.metricsAddress ?? '',
    ...workers.flatMap(({ address, told }) => [address, String(told.metrics)]),
  ];
  return Promise.all(addresses.map(serialAt));
}

async function serialAt(address: string): Promise<string> {
  const [host, port] = address.split(':');
  const socket = connectTls({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] });
  // Whoever shows no certificate is cut off once the handshake is done.
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

/** Ends a denoiser as an orchestrator would, and starts it where it was. */
async function startAgain(cluster: SecureCluster): Promise<boolean> {
  const index = cluster.workers.findIndex(({ told }) => told.stage === 'denoiser');
  const old = cluster.workers[index];
  if (old === undefined) throw new Error('the cluster has no denoiser');
  old.process.kill('SIGTERM');
  await old.ended;
  const started = await cluster.startWorker('denoiser', old.address);
  cluster.workers[index] = started;
  const ca = await readFile(cluster.caFile);
  const client = connect({ address: cluster.gateway.address, apiKey: cluster.tenants[0].keys[0], tls: { ca } });
  const isUsed = async () => {
    const { workers } = await client.status();
    return workers.some(({ pid, evaluationsStarted }) => pid === started.process.pid && evaluationsStarted > 0);
  };
  const used = await eventually(isUsed, WITHIN_MS);
  client.close();
  return used;
}

async function holds(condition: () => Promise<boolean>, what: string): Promise<void> {
  if (!(await eventually(condition, WITHIN_MS))) throw new Error(`not within ${WITHIN_MS} ms: ${what}`);
}
