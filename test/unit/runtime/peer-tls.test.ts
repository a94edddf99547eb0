import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import { credentials, Metadata } from '@grpc/grpc-js';
import { callUnary, type DescribeResponse, type DescribeResponse__Output, tesseraV1, unary } from '@tessera/proto';
import {
  connectChannel,
  connectPeer,
  createLogger,
  followCertificates,
  type PeerRole,
  type Peers,
  peerName,
  type ServiceChannel,
  startServer,
  tlsForPeer,
} from '@tessera/runtime';
import { CertificateAuthority } from '../../support/certificate-authority.js';

const DOMAIN = 'tessera.internal';
const log = createLogger('test', 'silent');
let authority: CertificateAuthority;
let otherAuthority: CertificateAuthority;

before(async () => {
  [authority, otherAuthority] = await Promise.all([CertificateAuthority.create(), CertificateAuthority.create()]);
});
after(async () => {
  await authority[Symbol.asyncDispose]();
  await otherAuthority[Symbol.asyncDispose]();
});

async function peersFor(t: TestContext, names: readonly string[], by = authority): Promise<Peers> {
  const files = await by.issue(names);
  const certificates = followCertificates({ ...files, ca: authority.certificateFile }, log, t.signal, 10);
  return { certificates, domain: DOMAIN };
}

const roleNames = (...roles: readonly PeerRole[]) => roles.map((role) => `DNS:${peerName(role, DOMAIN)}`);

/** A worker's server that lets gateways in. */
async function serveWorker(t: TestContext, peers: Peers) {
  const Describe = unary<unknown, DescribeResponse>(
    () => ({ workerId: 'one' }),
    () => {},
  );
  const server = await startServer({
    listen: '127.0.0.1:0',
    services: [{ definition: tesseraV1.WorkerService.service, implementation: { Describe } }],
    health: [],
    tls: tlsForPeer(peers, ['gateway']),
  });
  t.after(() => server.stop(0));
  return server;
}

async function describedBy(t: TestContext, channel: ServiceChannel) {
  t.after(() => channel.close());
  const client = channel.client(tesseraV1.WorkerService);
  const describe = client.describe.bind(client);
  const deadline = Date.now() + 5_000;
  const described: DescribeResponse__Output = await callUnary(describe, {}, new Metadata(), { deadline });
  return described.workerId;
}

test('a gateway and a worker know each other by their names, whatever their address', async (t) => {
  const { address } = await serveWorker(t, await peersFor(t, roleNames('denoiser')));
  const gateway = await peersFor(t, roleNames('gateway'));
  assert.equal(await describedBy(t, connectPeer(address, 'denoiser', gateway)), 'one');
});

const unavailable = { code: 'unavailable' };
const refusals: readonly (readonly [string, (t: TestContext, address: string) => Promise<ServiceChannel>, object])[] = [
  ['plain text', async (_t, address) => connectChannel(address), unavailable],
  [
    'TLS without a certificate',
    async (_t, address) => {
      const trusting = credentials.createSsl(await readFile(authority.certificateFile));
      return connectChannel(address, { 'grpc.ssl_target_name_override': peerName('denoiser', DOMAIN) }, trusting);
    },
    unavailable,
  ],
  [
    "another authority's certificate",
    async (t, address) => connectPeer(address, 'denoiser', await peersFor(t, roleNames('gateway'), otherAuthority)),
    unavailable,
  ],
  [
    "a worker's certificate in place of a gateway's",
    async (t, address) => connectPeer(address, 'denoiser', await peersFor(t, roleNames('denoiser'))),
    { code: 'permission_denied', message: /not for gateway\.tessera\.internal/ },
  ],
  [
    'a certificate for every name',
    async (t, address) => connectPeer(address, 'denoiser', await peersFor(t, [`DNS:*.${DOMAIN}`])),
    { code: 'permission_denied' },
  ],
  [
    'a client that looks for another stage',
    async (t, address) => connectPeer(address, 'decoder', await peersFor(t, roleNames('gateway'))),
    { code: 'unavailable', message: /not for decoder\.tessera\.internal|No connection established/ },
  ],
];

for (const [what, connect, error] of refusals) {
  test(`a worker refuses ${what}`, async (t) => {
    const { address } = await serveWorker(t, await peersFor(t, roleNames('denoiser')));
    await assert.rejects(describedBy(t, await connect(t, address)), error);
  });
}
