import assert from 'node:assert/strict';
import { appendFile, chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runTessera } from '../support/cluster.js';
import { repoRoot } from '../support/paths.js';

let home = '';
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'tessera-home-'));
});
after(() => rm(home, { recursive: true }));

const models = (...args: readonly string[]) => runTessera(['models', ...args], { env: { TESSERA_HOME: home } });

test('a model is added, listed, verified and removed', async () => {
  const added = await models('add', join(repoRoot, 'models/emoji'), '--name', 'copy', '--json');
  assert.equal(added.code, 0, added.stderr);
  const listed = await models('list', '--json');
  const copy = listed.events.find(({ name }) => name === 'copy');
  assert.equal(copy?.origin, 'store');
  assert.equal(copy?.sha256, added.events[0]?.sha256);
  assert.ok(listed.events.some(({ name, origin }) => name === 'emoji' && origin === 'built-in'));

  const verified = await models('verify', 'copy');
  assert.equal(verified.code, 0, verified.stderr);
  assert.equal(verified.stdout, copy?.sha256);

  const again = await models('add', join(repoRoot, 'models/emoji'), '--name', 'copy');
  assert.equal(again.code, 2);
  assert.equal((await models('rm', 'copy')).code, 0);
  assert.equal((await models('verify', 'copy')).code, 2);
});

test('a changed file of a stored model is refused by name', async () => {
  await models('add', join(repoRoot, 'models/emoji'), '--name', 'damaged');
  const folder = join(home, 'models/damaged');
  await chmod(join(folder, 'unet/model.onnx'), 0o644);
  await appendFile(join(folder, 'unet/model.onnx'), 'x');
  const changed = await models('verify', 'damaged');
  assert.equal(changed.code, 2);
  assert.match(changed.stderr, /unet\/model\.onnx/);
  await symlink('/etc/passwd', join(folder, 'surprise'));
  const linked = await models('verify', 'damaged');
  assert.equal(linked.code, 2);
  assert.match(linked.stderr, /surprise|unet/);
});

test('a model that is another than the one asked for is refused, whole as it may be', async () => {
  const { stdout: sha256 } = await models('verify', 'emoji');
  assert.equal((await models('verify', 'emoji', '--sha256', sha256)).code, 0);
  const other = await models('verify', 'emoji', '--sha256', '0'.repeat(64));
  assert.equal(other.code, 2);
  assert.match(other.stderr, new RegExp(`emoji is ${sha256}`));
});
