import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { after, before, type TestContext, test } from 'node:test';
import {
  createLogger,
  followCertificates,
  type PeerRole,
  type Peers,
  peerName,
  type RunningTelemetry,
  startTelemetry,
} from '@tessera/runtime';
import { CertificateAuthority } from '../../support/certificate-authority.js';

const DOMAIN = 'tessera.internal';
const log = createLogger('test', 'silent');
let authority: CertificateAuthority;

before(async () => {
  authority = await CertificateAuthority.create();
});
after(() => authority[Symbol.asyncDispose]());

async function peersFor(t: TestContext, role: PeerRole): Promise<Peers> {
  const files = await authority.issue([`DNS:${peerName(role, DOMAIN)}`]);
  return { certificates: followCertificates(files, log, t.signal), domain: DOMAIN };
}

async function scrapedBy(role: PeerRole, address: string, by = authority): Promise<number | undefined> {
  const files = await by.issue([`DNS:${peerName(role, DOMAIN)}`]);
  const asked = request(`https://${address}/metrics`, {
    ca: await readFile(authority.certificateFile),
    cert: await readFile(files.certificate),
    key: await readFile(files.key),
    servername: peerName('denoiser', DOMAIN),
    agent: false,
  }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

async function started(
  t: TestContext,
  setup: Partial<Parameters<typeof startTelemetry>[0]>,
): Promise<RunningTelemetry> {
  const own = { kind: 'denoiser', instance: 'one', metricsListen: '127.0.0.1:0', environment: {}, log } as const;
  const telemetry = await startTelemetry({ ...own, ...setup });
  t.after(() => telemetry.stop());
  return telemetry;
}

test('metrics are told to monitors alone where processes have certificates', async (t) => {
  const { metricsAddress = '' } = await started(t, { peers: await peersFor(t, 'denoiser') });
  assert.equal(await scrapedBy('monitor', metricsAddress), 200);
  assert.equal(await scrapedBy('gateway', metricsAddress), 403);
  await assert.rejects(fetch(`http://${metricsAddress}/metrics`));
  await using stranger = await CertificateAuthority.create();
  await assert.rejects(scrapedBy('monitor', metricsAddress, stranger));
});

test('a port of metrics that another program has is refused with its setting, unless nobody asked for it', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const metricsListen = `127.0.0.1:${port}`;
  await assert.rejects(started(t, { metricsListen }), {
    code: 'unavailable',
    field: '--metrics-listen',
    message: new RegExp(`^cannot listen on ${metricsListen} for metrics \\(--metrics-listen\\): .*EADDRINUSE`),
  });
  const { metricsAddress = '' } = await started(t, { metricsListen, metricsElsewhere: true });
  assert.notEqual(metricsAddress, metricsListen);
  assert.equal((await fetch(`http://${metricsAddress}/metrics`)).status, 200);
});
