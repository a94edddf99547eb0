import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { credentials, Metadata } from '@grpc/grpc-js';
import { type ConnectOptions, connect } from '@tessera/client';
import { callUnary, tesseraV1 } from '@tessera/proto';
import {
  connectChannel,
  connectPeer,
  type PeerRole,
  type Peers,
  peerName,
  type ServiceChannel,
} from '@tessera/runtime';
import { connect as connectNats, nkeyAuthenticator, nkeys } from 'nats';
import { CertificateAuthority } from './certificate-authority.js';
import { DOMAIN, type SecureCluster } from './secure-cluster.js';

/** What a port said to somebody whom it should not answer: `answered`, or how it refused. */
export interface Attempt {
  readonly port: string;
  readonly by: string;
  readonly outcome: string;
}

const WITHIN_MS = 5_000;

/** Everybody who should be refused, at every port but health; and, last, those who should not. */
export async function attemptsOn(cluster: SecureCluster): Promise<{ refused: Attempt[]; answered: Attempt[] }> {
  await using stranger = await CertificateAuthority.create();
  const groups = await Promise.all([
    onWorkers(cluster, stranger),
    onMetrics(cluster, stranger),
    onPublic(cluster, stranger),
    onNats(cluster, stranger),
  ]);
  return { refused: groups.flatMap(({ refused }) => refused), answered: groups.flatMap(({ answered }) => answered) };
}

interface Group {
  readonly refused: Attempt[];
  readonly answered: Attempt[];
}

async function onWorkers(cluster: SecureCluster, stranger: CertificateAuthority): Promise<Group> {
  const trusting = credentials.createSsl(await readFile(cluster.caFile));
  const [gateway, strange, ...others] = await Promise.all([
    cluster.peer('gateway'),
    cluster.peer('gateway', stranger),
    ...(['denoiser', 'decoder', 'monitor'] as const).map((role) => cluster.peer(role)),
    cluster.peer('gateway', cluster.authority, [`DNS:*.${DOMAIN}`]),
    cluster.peer('gateway', cluster.authority, ['DNS:gateway.another.internal']),
  ]);
  const group: Group = { refused: [], answered: [] };
  for (const { address, told } of cluster.workers) {
    const stage = told.stage as PeerRole;
    const port = `${stage} ${address}`;
    const name = { 'grpc.ssl_target_name_override': peerName(stage, DOMAIN) };
    const refuse = async (by: string, channel: ServiceChannel) =>
      group.refused.push({ port, by, outcome: await described(channel) });
    await refuse('plain text', connectChannel(address));
    await refuse('TLS without a certificate', connectChannel(address, name, trusting));
    await refuse('a wrong CA', connectPeer(address, stage, strange));
    for (const peers of others) await refuse('a right CA with the wrong name', connectPeer(address, stage, peers));
    const elsewhere = stage === 'decoder' ? 'denoiser' : 'decoder';
    await refuse('a gateway that expects another', connectPeer(address, elsewhere, gateway));
    group.answered.push({ port, by: 'a gateway', outcome: await described(connectPeer(address, stage, gateway)) });
  }
  return group;
}

async function described(channel: ServiceChannel): Promise<string> {
  const client = channel.client(tesseraV1.WorkerService);
  const deadline = Date.now() + WITHIN_MS;
  try {
    return await outcomeOf(callUnary(client.describe.bind(client), {}, new Metadata(), { deadline }));
  } finally {
    channel.close();
  }
}

async function onMetrics(cluster: SecureCluster, stranger: CertificateAuthority): Promise<Group> {
  const [monitor, gateway, strange] = await Promise.all([
    cluster.peer('monitor'),
    cluster.peer('gateway'),
    cluster.peer('monitor', stranger),
  ]);
  const processes = [
    ...cluster.workers.map(({ told }) => [told.stage, told.metrics] as const),
    ['gateway', cluster.gateway.metricsAddress] as const,
  ] as readonly (readonly [PeerRole, string])[];
  const group: Group = { refused: [], answered: [] };
  for (const [role, address] of processes) {
    const port = `metrics of ${role} ${address}`;
    const refuse = async (by: string, answer: Promise<unknown>) =>
      group.refused.push({ port, by, outcome: await outcomeOf(answer) });
    await refuse('plain text', fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(WITHIN_MS) }));
    await refuse('a wrong CA', scraped(address, role, strange));
    await refuse('a right CA with the wrong name', scraped(address, role, gateway));
    group.answered.push({ port, by: 'a monitor', outcome: await outcomeOf(scraped(address, role, monitor)) });
  }
  return group;
}

async function scraped(address: string, role: PeerRole, { certificates }: Peers): Promise<void> {
  const { certificate: cert, key, ca } = certificates.current;
  const servername = peerName(role, DOMAIN);
  const asked = request(`https://${address}/metrics`, { ca, cert, key, servername, agent: false, timeout: WITHIN_MS });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
}

async function onPublic(cluster: SecureCluster, stranger: CertificateAuthority): Promise<Group> {
  const { address } = cluster.gateway;
  const [ca, strangeCa] = await Promise.all([readFile(cluster.caFile), readFile(stranger.certificateFile)]);
  const apiKey = cluster.tenants[0].keys[0];
  const port = `public ${address}`;
  const attempts: readonly (readonly [string, Omit<ConnectOptions, 'address'>])[] = [
    ['plain text', { apiKey, insecure: true }],
    ['a wrong CA', { apiKey, tls: { ca: strangeCa } }],
    ['a right CA with the wrong name', { apiKey, tls: { ca, serverName: 'other.example.com' } }],
    ['no key', { tls: { ca } }],
    ['an unknown key', { apiKey: `${apiKey}x`, tls: { ca } }],
  ];
  const group: Group = { refused: [], answered: [] };
  for (const [by, options] of attempts) {
    for (const call of [
      'status',
      'models',
      'list',
      'get',
      'cancel',
      'delete',
      'watch',
      'generate',
      'download',
    ] as const) {
      group.refused.push({ port: `${port} ${call}`, by, outcome: await called(call, { address, ...options }) });
    }
  }
  group.answered.push({ port, by: 'a tenant', outcome: await called('list', { address, apiKey, tls: { ca } }) });
  return group;
}

async function called(call: string, options: ConnectOptions): Promise<string> {
  const client = connect({ ...options, callTimeoutMs: WITHIN_MS, reconnect: { attempts: 1, initialDelayMs: 1 } });
  const signal = AbortSignal.timeout(WITHIN_MS);
  const first = (stream: AsyncGenerator<unknown>) => stream.next();
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    status: () => client.status(),
    models: () => client.listModels(),
    list: () => first(client.listGenerations()),
    get: () => client.getGeneration('unknown'),
    cancel: () => client.cancel('unknown'),
    delete: () => client.deleteGeneration('unknown'),
    watch: () => first(client.watch('unknown', { signal })),
    generate: () => first(client.generate({ prompt: 'a red apple' }, { signal, detach: true })),
    download: () => first(client.downloadImage('unknown', 'unknown', { signal })),
  };
  try {
    return await outcomeOf((calls[call] as () => Promise<unknown>)());
  } finally {
    client.close();
  }
}

async function onNats({ nats, authority, natsUser }: SecureCluster, stranger: CertificateAuthority): Promise<Group> {
  const port = `NATS ${nats.port}`;
  const known = nkeyAuthenticator(new TextEncoder().encode(natsUser.seed));
  const unknown = nkeyAuthenticator(nkeys.createUser().getSeed());
  const open = async (caFile: string | undefined, authenticator?: typeof known) => {
    const connection = await connectNats({
      servers: `localhost:${nats.port}`,
      reconnect: false,
      timeout: WITHIN_MS,
      ...(authenticator && { authenticator }),
      ...(caFile !== undefined && { tls: { ca: (await readFile(caFile)).toString() } }),
    });
    await connection.close();
  };
  const { certificateFile } = authority;
  const outcomes = [
    ['no certificate to trust', await outcomeOf(open(undefined, known))],
    ['a wrong CA', await outcomeOf(open(stranger.certificateFile, known))],
    ['no credentials', await outcomeOf(open(certificateFile))],
    ["a stranger's credentials", await outcomeOf(open(certificateFile, unknown))],
  ] as const;
  return {
    refused: outcomes.map(([by, outcome]) => ({ port, by, outcome })),
    answered: [{ port, by: 'a gateway', outcome: await outcomeOf(open(certificateFile, known)) }],
  };
}

/** Silence is no refusal. */
async function outcomeOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return 'answered';
  } catch (thrown) {
    const { code, name, message, cause } = thrown as Error & { code?: string };
    if (code === 'deadline_exceeded' || name === 'TimeoutError' || name === 'AbortError') return 'silent';
    return `refused: ${code ?? (cause as { code?: string } | undefined)?.code ?? message}`;
  }
}
