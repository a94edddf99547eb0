import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  addModel,
  createManifest,
  inspectModel,
  manifestIdentity,
  openModel,
  verifyModel,
  verifyStage,
  writeManifest,
} from '@tessera/models';
import { writeLegacySd } from '../../support/model-folders.js';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.js';

interface Tampering {
  readonly what: string;
  readonly file: string;
  readonly says: RegExp;
  tamper(path: string, outside: string): void;
}

const WEIGHTS = 'unet/weights.pb';
const TAMPERINGS: readonly Tampering[] = [
  {
    what: 'one flipped bit of the weights',
    file: WEIGHTS,
    says: /has changed: its sha256 is/,
    tamper: (path) => rewrite(path, flipBit),
  },
  {
    what: 'one flipped bit of a config',
    file: 'scheduler/scheduler_config.json',
    says: /has changed: its sha256 is/,
    tamper: (path) => rewrite(path, flipBit),
  },
  {
    what: 'weights that grew',
    file: WEIGHTS,
    says: /has 129 bytes; the manifest says 128/,
    tamper: (path) => rewrite(path, (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
  },
  { what: 'a missing file', file: WEIGHTS, says: /is missing/, tamper: (path) => rmSync(path) },
  {
    what: 'a missing tokenizer file',
    file: 'tokenizer/merges.txt',
    says: /is missing/,
    tamper: (path) => rmSync(path),
  },
  {
    what: 'a symbolic link to equal bytes',
    file: WEIGHTS,
    says: /is a symbolic link/,
    tamper: (path, outside) => {
      renameSync(path, outside);
      symlinkSync(outside, path);
    },
  },
  {
    what: 'a hard link',
    file: WEIGHTS,
    says: /is a hard link \(2 names\)/,
    tamper: (path, outside) => linkSync(path, outside),
  },
  {
    what: 'a folder in a file’s place',
    file: WEIGHTS,
    says: /is not a file/,
    tamper: (path) => {
      rmSync(path);
      mkdirSync(path);
    },
  },
  {
    what: 'an extra file',
    file: 'unet/extra.bin',
    says: /is not in the manifest/,
    tamper: (path) => writeFileSync(path, ''),
  },
  { what: 'an extra folder', file: 'extra', says: /is not in the manifest/, tamper: (path) => mkdirSync(path) },
  {
    what: 'a linked manifest',
    file: 'manifest.json',
    says: /is a symbolic link/,
    tamper: (path, outside) => {
      renameSync(path, outside);
      symlinkSync(outside, path);
    },
  },
  {
    what: 'a manifest that was edited',
    file: 'manifest.json',
    says: /has sha256 that does not belong to its files/,
    tamper: (path) =>
      rewrite(path, (bytes) => Buffer.from(bytes.toString().replace('"unet/model.onnx"', '"unet/model.onny"'))),
  },
];

for (const { what, file, says, tamper } of TAMPERINGS) {
  test(`refused by name: ${what}`, async () => {
    using folder = temporaryFolder();
    const model = await storedModel(folder);
    await verifyModel(model);
    tamper(join(model, file), join(folder.path, 'outside'));
    await assert.rejects(
      verifyModel(model),
      (error: Error & { code?: string }) =>
        error.code === 'failed_precondition' &&
        error.message.includes(`model file ${file} `) &&
        says.test(error.message),
    );
  });
}

test('a stage hashes its own files and every config, and the listing stays whole', async () => {
  using folder = temporaryFolder();
  const model = await storedModel(folder);
  rewrite(join(model, 'unet/weights.pb'), flipBit);
  assert.equal((await openModel(model, { verify: 'decoder' })).card.denoiser.output, 'out_sample');
  const opened = await openModel(model, { verify: 'card' });
  await verifyStage(opened, 'decoder');
  await assert.rejects(verifyStage(opened, 'denoiser'), /unet\/weights\.pb has changed/);
  await assert.rejects(openModel(model, { verify: 'denoiser' }), /unet\/weights\.pb has changed/);
  await assert.rejects(openModel(model, { verify: ['unet/weights.pb'] }), /unet\/weights\.pb has changed/);
  await assert.rejects(openModel(model, { verify: ['absent'] }), /absent is not in the manifest/);
  rewrite(join(model, 'model_index.json'), flipBit);
  await assert.rejects(openModel(model, { verify: 'card' }), /model_index\.json has changed/);
  rmSync(join(model, 'unet/weights.pb'));
  await assert.rejects(openModel(model, { verify: 'decoder' }), /unet\/weights\.pb is missing/);
});

test('weights that a graph names and the manifest does not list are refused', async () => {
  using folder = temporaryFolder();
  writeLegacySd(folder.path);
  const inspected = inspectModel(folder.path);
  const files = inspected.files.filter((path) => path !== WEIGHTS);
  const manifest = await createManifest(folder.path, { ...inspected, files }, { hardLinks: 'allowed' });
  await assert.rejects(writeManifest(folder.path, manifest), /unet\/weights\.pb is not in the manifest/);
});

test('a folder without manifest is told how to get one', async () => {
  using folder = temporaryFolder();
  writeLegacySd(folder.path);
  await assert.rejects(verifyModel(folder.path), /has no readable manifest\.json \(ENOENT\); `tessera models add`/);
});

test('hard links are allowed where the manifest says so', async () => {
  using folder = temporaryFolder();
  const model = join(folder.path, 'model');
  writeLegacySd(model);
  await writeManifest(model, await createManifest(model, inspectModel(model), { hardLinks: 'allowed' }));
  linkSync(join(model, WEIGHTS), join(folder.path, 'second-name'));
  await verifyModel(model);
});

test('a manifest that reaches outside its folder is refused', async () => {
  using folder = temporaryFolder();
  const model = await storedModel(folder);
  const path = join(model, 'manifest.json');
  const files = [{ path: '../outside', size: 0, sha256: '0'.repeat(64) }];
  const manifest = { format_version: 1, sha256: manifestIdentity(files), hard_links: 'allowed', files, documents: [] };
  rewrite(path, () => Buffer.from(JSON.stringify(manifest)));
  await assert.rejects(verifyModel(model), /manifest\.json has files that are not path, size and sha256/);
});

test('a document is held to its hash too', async () => {
  using folder = temporaryFolder();
  const source = join(folder.path, 'source');
  writeLegacySd(source);
  writeFileSync(join(source, 'LICENSE.md'), 'MIT');
  const { folder: model } = await addModel(source, { home: folder.path, name: 'mine' });
  chmodSync(join(model, 'LICENSE.md'), 0o644);
  appendFileSync(join(model, 'LICENSE.md'), ' or not');
  await assert.rejects(verifyModel(model), /LICENSE\.md has 10 bytes; the manifest says 3/);
});

async function storedModel(folder: TemporaryFolder): Promise<string> {
  const source = join(folder.path, 'source');
  writeLegacySd(source);
  return (await addModel(source, { home: join(folder.path, 'home'), name: 'mine' })).folder;
}

function rewrite(path: string, change: (bytes: Buffer) => Buffer): void {
  chmodSync(path, 0o644);
  writeFileSync(path, change(readFileSync(path)));
}

function flipBit(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const last = changed.length - 2;
  changed[last] = (changed[last] as number) ^ 1;
  return changed;
}
