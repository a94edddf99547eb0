import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import { type ConnectOptions, connect } from '@tessera/client';
import { type GetClusterStatusResponse, tesseraV1, unary } from '@tessera/proto';
import { createLogger, followCertificates, startServer, tlsForAll } from '@tessera/runtime';
import { CertificateAuthority } from '../../support/certificate-authority.js';

let authority: CertificateAuthority;
let ca: Buffer;

before(async () => {
  authority = await CertificateAuthority.create();
  ca = await readFile(authority.certificateFile);
});
after(() => authority[Symbol.asyncDispose]());

async function served(t: TestContext, names: readonly string[]) {
  const { certificate, key } = await authority.issue(names);
  const certificates = followCertificates({ certificate, key }, createLogger('test', 'silent'), t.signal);
  const GetClusterStatus = unary<unknown, GetClusterStatusResponse>(
    () => ({ version: 'over-tls' }),
    () => {},
  );
  const { address, stop } = await startServer({
    listen: '127.0.0.1:0',
    services: [{ definition: tesseraV1.GenerationService.service, implementation: { GetClusterStatus } }],
    health: [],
    tls: tlsForAll(certificates),
  });
  t.after(() => stop(0));
  return { address, certificate: await readFile(certificate) };
}

async function versionAt(t: TestContext, options: ConnectOptions): Promise<string> {
  const client = connect({ callTimeoutMs: 5_000, ...options });
  t.after(() => client.close());
  return (await client.status()).version;
}

test('a client trusts the authority that it is told of, for the address that it calls', async (t) => {
  const { address } = await served(t, ['IP:127.0.0.1']);
  assert.equal(await versionAt(t, { address, tls: { ca } }), 'over-tls');
});

test('a client takes a certificate for a name that it is told', async (t) => {
  const { address } = await served(t, ['DNS:images.example.com']);
  await assert.rejects(versionAt(t, { address, tls: { ca } }), { code: 'unavailable' });
  assert.equal(await versionAt(t, { address, tls: { ca, serverName: 'images.example.com' } }), 'over-tls');
});

test('a client that is given the certificate itself trusts no other', async (t) => {
  const [one, other] = [await served(t, ['DNS:any']), await served(t, ['DNS:any'])];
  assert.equal(await versionAt(t, { address: one.address, tls: { certificate: one.certificate } }), 'over-tls');
  await assert.rejects(versionAt(t, { address: other.address, tls: { certificate: one.certificate } }), {
    code: 'unavailable',
  });
});

test('a client knows no authority that nobody told it of', async (t) => {
  const { address } = await served(t, ['IP:127.0.0.1']);
  await assert.rejects(versionAt(t, { address, tls: {} }), { code: 'unavailable' });
});

test('beyond loopback a client speaks TLS, unless plain text is meant', async (t) => {
  const { address, stop } = await startServer({
    listen: '0.0.0.0:0',
    services: [
      {
        definition: tesseraV1.GenerationService.service,
        implementation: {
          GetClusterStatus: unary<unknown, GetClusterStatusResponse>(
            () => ({ version: 'plain' }),
            () => {},
          ),
        },
      },
    ],
    health: [],
  });
  t.after(() => stop(0));
  await assert.rejects(versionAt(t, { address }), { code: 'unavailable' });
  assert.equal(await versionAt(t, { address, insecure: true }), 'plain');
});
