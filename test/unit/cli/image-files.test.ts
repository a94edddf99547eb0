import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { formatOfFile, ImageFiles } from '@tessera/cli';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-files-'));
});
after(() => rm(folder, { recursive: true }));

const bytes = new Uint8Array([1, 2, 3]);

test('images are named for their seeds, and a named file is numbered when there are several', async () => {
  assert.deepEqual(await new ImageFiles({ force: false, format: 'png' }).paths(7n, 2), [
    'tessera-7.png',
    'tessera-8.png',
  ]);
  const named = new ImageFiles({ output: 'a/apple.webp', force: false, format: 'webp' });
  assert.deepEqual(await named.paths(7n, 1), ['a/apple.webp']);
  assert.deepEqual(await named.paths(7n, 2), ['a/apple-0.webp', 'a/apple-1.webp']);
  const inFolder = new ImageFiles({ output: folder, force: false, format: 'jpeg' });
  assert.deepEqual(await inFolder.paths(2n ** 64n - 1n, 1), [join(folder, 'tessera-18446744073709551615.jpg')]);
});

test('a file that exists is refused before any work, unless forced', async () => {
  const path = join(folder, 'there.png');
  await writeFile(path, 'mine');
  const careful = new ImageFiles({ force: false, format: 'png' });
  await assert.rejects(careful.assertWritable([path]), { code: 'already_exists', field: 'output' });
  await assert.rejects(careful.write(path, bytes), { code: 'already_exists' });
  assert.equal(await readFile(path, 'utf8'), 'mine');
  const forced = new ImageFiles({ force: true, format: 'png' });
  await forced.assertWritable([path]);
  await forced.write(path, bytes);
  assert.deepEqual(new Uint8Array(await readFile(path)), bytes);
  // The same bytes again are no overwriting.
  await careful.write(path, bytes);
});

test('a folder that is missing is refused before any work', async () => {
  const files = new ImageFiles({ force: false, format: 'png' });
  await assert.rejects(files.assertWritable([join(folder, 'no/such/x.png')]), { code: 'invalid_argument' });
});

test('a name tells the format', () => {
  assert.deepEqual(['a.JPG', 'a.jpeg', 'a.webp', 'a.png', 'a', 'a.gif'].map(formatOfFile), [
    ...['jpeg', 'jpeg', 'webp', 'png', undefined, undefined],
  ]);
});
