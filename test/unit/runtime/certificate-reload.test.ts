import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { type CertificateFiles, createLogger, followCertificates, startServer, tlsForAll } from '@tessera/runtime';
import { CertificateAuthority } from '../../support/certificate-authority.js';
import { eventually } from '../../support/processes.js';

const log = createLogger('test', 'silent');
const NAMES = ['DNS:localhost', 'IP:127.0.0.1'];
const LOOK_EVERY_MS = 10;
const WITHIN_MS = 20_000;
let authority: CertificateAuthority;

before(async () => {
  authority = await CertificateAuthority.create();
});
after(() => authority[Symbol.asyncDispose]());

async function serve(t: TestContext, { certificate, key }: CertificateFiles): Promise<string> {
  const certificates = followCertificates({ certificate, key }, log, t.signal, LOOK_EVERY_MS);
  const server = await startServer({ listen: '127.0.0.1:0', services: [], health: [], tls: tlsForAll(certificates) });
  t.after(() => server.stop(0));
  return server.address;
}

/** The serial number of the certificate that a new connection is shown. */
async function shownBy(address: string): Promise<string> {
  const ca = await readFile(authority.certificateFile);
  const [host, port] = address.split(':');
  const socket = connect({ host, port: Number(port), ca, servername: 'localhost', ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

test('new connections are shown the certificate that took the place of another', async (t) => {
  const files = await authority.issue(NAMES);
  const address = await serve(t, files);
  const first = await shownBy(address);
  await authority.issue(NAMES, files);
  assert.ok(await eventually(async () => (await shownBy(address)) !== first, WITHIN_MS));
});

test('a certificate without its key is not used, and the one before stays', async (t) => {
  const files = await authority.issue(NAMES);
  const warnings: string[] = [];
  const quiet = createLogger('test', 'silent');
  const listening = { ...quiet, warn: (message: string) => void warnings.push(message) };
  const certificates = followCertificates(files, listening, t.signal, LOOK_EVERY_MS);
  const before = certificates.current;
  const other = await authority.issue(NAMES);
  await writeFile(files.certificate, await readFile(other.certificate));
  assert.ok(await eventually(() => warnings.length > 0, WITHIN_MS));
  assert.equal(certificates.current, before);
  await writeFile(files.key, await readFile(other.key));
  assert.ok(await eventually(() => certificates.current !== before, WITHIN_MS));
  assert.deepEqual(warnings, ['cannot use the changed certificates yet']);
});

test('a start with files that do not belong together is refused, and the file is named', async (t) => {
  const [one, other] = [await authority.issue(NAMES), await authority.issue(NAMES)];
  const mixed = { certificate: one.certificate, key: other.key };
  assert.throws(() => followCertificates(mixed, log, t.signal), {
    code: 'invalid_argument',
    message: `${other.key} is not the key of ${one.certificate}`,
  });
  const absent = { certificate: `${one.certificate}.absent`, key: one.key };
  assert.throws(() => followCertificates(absent, log, t.signal), { code: 'invalid_argument', message: /ENOENT/ });
});
