import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GrowingFile } from '@tessera/cli';
import type { Image } from '@tessera/core';
import { PngBands } from '@tessera/gateway';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
after(() => folder[Symbol.dispose]());

const [WIDTH, HEIGHT, ROWS] = [9, 8, 2];

/** A PNG in regions as a gateway makes it. */
async function regions(shade: number) {
  const png = new PngBands({ width: WIDTH, height: HEIGHT });
  const parts = [png.head()];
  const files: Buffer[] = [];
  for (let y = 0; y < HEIGHT; y += ROWS) {
    const data = Uint8Array.from({ length: 3 * WIDTH * ROWS }, (_, i) => shade + i + y);
    const { file, shared, before, after: behind } = await png.band({ width: WIDTH, height: ROWS, data });
    files.push(file);
    parts.push(before, file.subarray(shared.start, shared.end), behind);
  }
  parts.push(png.tail([{ keyword: 'tessera', text: '{}' }]));
  return { files, whole: Buffer.concat(parts) };
}

function imageOf(whole: Buffer): Image {
  const fileSha256 = createHash('sha256').update(whole).digest('hex');
  return { imageId: '1-0', format: 'png', sizeBytes: whole.length, fileSha256, width: WIDTH, height: HEIGHT };
}

const region = (file: Buffer): Image => ({ ...imageOf(file), height: ROWS });

/** Remembers from where on it was asked. */
function downloadOf(whole: Buffer) {
  const offsets: number[] = [];
  return {
    offsets,
    download: async function* (offset: number) {
      offsets.push(offset);
      yield whole.subarray(offset);
    },
  };
}

test('regions are the beginning of the file, and only the rest is fetched', async () => {
  const { files, whole } = await regions(0);
  const path = join(folder.path, 'grown.png');
  const growing = new GrowingFile(path, { width: WIDTH, height: HEIGHT });
  for (const [i, file] of files.entries()) {
    await growing.region(i * ROWS, region(file), file);
    const begun = readFileSync(growing.path);
    assert.ok(begun.equals(whole.subarray(0, begun.length)));
  }
  const { download, offsets } = downloadOf(whole);
  await growing.complete(imageOf(whole), download);
  assert.ok(readFileSync(growing.path).equals(whole));
  assert.ok((offsets[0] as number) > whole.length - 100);
  assert.equal(offsets.length, 1);
});

test('a region that is missing, or of another attempt, costs a longer download and no wrong byte', async () => {
  const [{ files, whole }, other] = [await regions(0), await regions(7)];
  const cases = [[files[0], undefined, files[2]], [other.files[0], files[1]], []];
  for (const [i, came] of cases.entries()) {
    const growing = new GrowingFile(join(folder.path, `partly-${i}.png`), { width: WIDTH, height: HEIGHT });
    for (const [at, file] of came.entries()) if (file) await growing.region(at * ROWS, region(file), file);
    await growing.complete(imageOf(whole), downloadOf(whole).download);
    assert.ok(readFileSync(growing.path).equals(whole));
  }
});

test('bytes of another sha256 are an error, and what was begun is taken away', async () => {
  const { files, whole } = await regions(0);
  const growing = new GrowingFile(join(folder.path, 'bad.png'), { width: WIDTH, height: HEIGHT });
  await growing.region(0, region(files[0] as Buffer), files[0] as Buffer);
  const damaged = Buffer.from(whole);
  const late = damaged.length - 20;
  damaged[late] = (damaged[late] as number) ^ 1;
  await assert.rejects(growing.complete(imageOf(whole), downloadOf(damaged).download), { code: 'internal' });
  growing.abandon();
  assert.equal(existsSync(growing.path), false);
});
