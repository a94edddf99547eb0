import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  addModel,
  listModels,
  openModel,
  readModelCard,
  removeModel,
  resolveModel,
  verifyModel,
} from '@tessera/models';
import { writeLegacySd, writeOptimumSd } from '../../support/model-folders.js';
import { repoRoot } from '../../support/paths.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const builtinDir = join(repoRoot, 'models');

test('adding copies what the model uses, through links, and tells what it left', async () => {
  using folder = temporaryFolder();
  const source = join(folder.path, 'source');
  const home = join(folder.path, 'home');
  writeLegacySd(source);
  moveBehindLink(source, 'unet/weights.pb', join(folder.path, 'blob'));
  writeFileSync(join(source, 'README.md'), '# A model');
  writeFileSync(join(source, 'v1-5-pruned.ckpt'), 'not a part of it');
  mkdirSync(join(source, 'safety_checker'));
  writeFileSync(join(source, 'safety_checker/model.onnx'), 'not a part of it');
  writeFileSync(join(source, 'unet/notes.txt'), 'not a part of it');

  const added = await addModel(source, { home, name: 'sd-1.5' });
  assert.equal(added.folder, join(home, 'models/sd-1.5'));
  assert.deepEqual(added.ignored, ['safety_checker/', 'unet/notes.txt', 'v1-5-pruned.ckpt']);
  assert.deepEqual(
    added.manifest.documents.map((entry) => entry.path),
    ['README.md'],
  );
  assert.ok(statSync(join(added.folder, 'unet/weights.pb')).isFile());
  assert.deepEqual(readFileSync(join(added.folder, 'unet/weights.pb')), readFileSync(join(folder.path, 'blob')));
  assert.deepEqual(readdirSync(join(home, 'models')), ['sd-1.5'], 'nothing half-done stays behind');

  const opened = await verifyModel(added.folder);
  assert.deepEqual(opened.card, added.card);
  assert.equal(opened.card.name, 'sd-1.5');
  assert.equal(opened.card.sha256, added.manifest.sha256);
});

test('a name is taken once, unless its model is to be replaced', async () => {
  using folder = temporaryFolder();
  const home = join(folder.path, 'home');
  writeOptimumSd(join(folder.path, 'one'));
  writeOptimumSd(join(folder.path, 'two'), { 'tessera.json': { defaults: { steps: 7 } } });
  const one = await addModel(join(folder.path, 'one'), { home, name: 'mine' });
  await assert.rejects(addModel(join(folder.path, 'two'), { home, name: 'mine' }), { code: 'already_exists' });
  assert.deepEqual((await verifyModel(one.folder)).card, one.card);

  const two = await addModel(join(folder.path, 'two'), { home, name: 'mine', replace: true });
  assert.notEqual(two.card.sha256, one.card.sha256);
  assert.equal((await verifyModel(two.folder)).card.defaults.steps, 7);
  assert.deepEqual(readdirSync(join(home, 'models')), ['mine']);
});

test('a folder that is no model leaves the store as it was', async () => {
  using folder = temporaryFolder();
  const home = join(folder.path, 'home');
  writeOptimumSd(join(folder.path, 'broken'), { 'vae_decoder/model.onnx': 'nonsense' });
  await assert.rejects(
    addModel(join(folder.path, 'broken'), { home }),
    /vae_decoder\/model\.onnx is not an ONNX model/,
  );
  await assert.rejects(addModel(join(folder.path, 'absent'), { home }), { code: 'not_found' });
  assert.deepEqual(await listModels(home), []);
});

test('names that could be paths are refused', async () => {
  using folder = temporaryFolder();
  writeOptimumSd(join(folder.path, 'source'));
  for (const name of ['', '..', '.hidden', 'a/b', 'a\\b', 'ü', 'x'.repeat(65)]) {
    const adding = addModel(join(folder.path, 'source'), { home: folder.path, name });
    await assert.rejects(adding, { code: 'invalid_argument', field: 'name' }, name);
    await assert.rejects(removeModel(folder.path, name), { code: 'invalid_argument', field: 'name' }, name);
  }
});

test('an aborted adding leaves nothing', async () => {
  using folder = temporaryFolder();
  const home = join(folder.path, 'home');
  writeOptimumSd(join(folder.path, 'source'));
  const adding = addModel(join(folder.path, 'source'), { home, signal: AbortSignal.abort() });
  await assert.rejects(adding, { name: 'AbortError' });
  assert.deepEqual(readdirSync(join(home, 'models')), []);
});

test('models are listed, found by name or path, and removed', async () => {
  using folder = temporaryFolder();
  const home = join(folder.path, 'home');
  writeOptimumSd(join(folder.path, 'source'));
  const added = await addModel(join(folder.path, 'source'), { home, name: 'mine' });
  mkdirSync(join(home, 'models/broken'));
  const [broken, mine] = await listModels(home);
  assert.equal(broken?.state, 'unusable');
  assert.deepEqual(mine?.state === 'listed' && [mine.name, mine.folder, mine.sha256], [
    'mine',
    added.folder,
    added.card.sha256,
  ]);
  assert.deepEqual(await resolveModel('mine', { home, builtinDir }), {
    name: 'mine',
    folder: added.folder,
    origin: 'store',
  });
  assert.deepEqual(await resolveModel('emoji', { home, builtinDir }), {
    name: 'emoji',
    folder: join(builtinDir, 'emoji'),
    origin: 'built-in',
  });
  assert.equal((await resolveModel(`${added.folder}/`, { home, builtinDir })).origin, 'path');
  await assert.rejects(resolveModel('yours', { home, builtinDir }), {
    code: 'not_found',
    message: 'there is no model yours; there are: broken, emoji, mine',
  });
  await removeModel(home, 'mine');
  await assert.rejects(removeModel(home, 'mine'), { code: 'not_found' });
  assert.deepEqual(readdirSync(join(home, 'models')), ['broken']);
});

test('a folder has one identity, before it is added and after, under any name', async () => {
  using folder = temporaryFolder();
  writeOptimumSd(join(folder.path, 'source'));
  writeFileSync(join(folder.path, 'source/README.md'), 'says nothing about the weights');
  const before = await readModelCard(join(folder.path, 'source'));
  const added = await addModel(join(folder.path, 'source'), { home: folder.path, name: 'other' });
  assert.deepEqual({ ...added.card, name: 'source' }, before);
});

test('the built-in model opens by its committed manifest', async () => {
  const { card, manifest } = await verifyModel(join(builtinDir, 'emoji'));
  assert.equal(card.sha256, manifest.sha256);
  assert.deepEqual(await readModelCard(join(builtinDir, 'emoji')), card);
  const opened = await openModel(join(builtinDir, 'emoji'), { verify: 'denoiser', name: 'renamed' });
  assert.deepEqual(opened.card, { ...card, name: 'renamed' });
});

function moveBehindLink(source: string, path: string, target: string): void {
  renameSync(join(source, path), target);
  symlinkSync(target, join(source, path));
}
