import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { keyedTenant, writeKeyFile } from '../support/api-keys.js';
import { CertificateAuthority } from '../support/certificate-authority.js';
import { type Cluster, runTessera, startCluster } from '../support/cluster.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const alice = keyedTenant('alice');
let authority: CertificateAuthority;
let cluster: Cluster;

before(async () => {
  authority = await CertificateAuthority.create();
  // For another name than the address: the supervisor knows the certificate by its file.
  const { certificate, key } = await authority.issue(['DNS:images.example.com']);
  await writeKeyFile(join(folder.path, 'keys.yaml'), [alice]);
  const tls = ['--tls-cert', certificate, '--tls-key', key, '--api-keys', join(folder.path, 'keys.yaml')];
  cluster = await startCluster(tls);
});
after(async () => {
  await cluster?.stop();
  await authority?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const asked = (...args: readonly string[]) =>
  runTessera([...args, '--address', cluster.address], { env: { TESSERA_API_KEY: alice.keys[0] } });

test('commands reach a cluster over TLS by its authority and name', async () => {
  const { code, stderr } = await asked('ps', '--tls-ca', authority.certificateFile, '--tls-name', 'images.example.com');
  assert.equal(code, 0, stderr);
});

test('without its authority, by another name or in plain text no cluster is there', async () => {
  for (const how of [['--tls'], ['--tls-ca', authority.certificateFile], []]) {
    const { code, stderr } = await asked('ps', ...how);
    assert.equal(code, 3, how.join(' '));
    assert.match(stderr, /no cluster serves at/);
  }
});

test('a file of authorities that is not there is refused by its flag', async () => {
  const { code, stderr } = await asked('ps', '--tls-ca', join(folder.path, 'absent.crt'));
  assert.equal(code, 2);
  assert.match(stderr, /--tls-ca.*ENOENT/);
});

test('a certificate without its key does not start', async () => {
  const { certificate } = await authority.issue(['DNS:images.example.com']);
  await rename(certificate, join(folder.path, 'alone.crt'));
  const { code, stderr } = await runTessera(['up', '--port', '0', '--tls-cert', join(folder.path, 'alone.crt')]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /--tls-key is needed/);
});
