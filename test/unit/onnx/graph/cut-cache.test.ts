import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { cutAtTensors, cutGraphs, foundCut, GraphIndex, readGraphModel } from '@tessera/onnx';
import { repoRoot } from '../../../support/paths.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const LEGACY = join(repoRoot, 'test/fixtures/models/sd-tiny-legacy/unet/model.onnx');

function cut() {
  const graphs = cutAtTensors(new GraphIndex(readGraphModel(LEGACY)), [['/unet/mid_block/resnets.0/Add_output_0']]);
  return { modelSha256: 'a'.repeat(64), plan: ['two'], graphs };
}

test('a cut graph that is there is taken as it is', async () => {
  using folder = temporaryFolder();
  assert.equal(await foundCut(folder.path, cut()), undefined);
  const written = await cutGraphs(folder.path, cut());
  const before = written.map((path) => statSync(path).ino);
  assert.deepEqual(await foundCut(folder.path, cut()), written);
  assert.deepEqual(await cutGraphs(folder.path, cut()), written);
  assert.deepEqual(
    written.map((path) => statSync(path).ino),
    before,
  );
});

test('one of two processes that cut at once gives its files to both', async () => {
  using folder = temporaryFolder();
  const [one, other] = await Promise.all([cutGraphs(folder.path, cut()), cutGraphs(folder.path, cut())]);
  assert.deepEqual(one, other);
  assert.deepEqual(await foundCut(folder.path, cut()), one);
});

const spoiled: Readonly<Record<string, (path: string) => void>> = {
  'one bit of its weights has changed': (path) => {
    const bytes = readFileSync(`${path}.weights`);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    writeFileSync(`${path}.weights`, bytes);
  },
  'a file is missing': (path) => rmSync(`${path}.weights`),
  'there is a file more': (path) => writeFileSync(join(dirname(path), 'more'), ''),
  'nothing says what it was': (path) => rmSync(join(dirname(path), '../sha256.json')),
};

for (const [what, spoil] of Object.entries(spoiled)) {
  test(`a cut graph is written again when ${what}`, async () => {
    using folder = temporaryFolder();
    const written = await cutGraphs(folder.path, cut());
    const bytes = written.map((path) => readFileSync(`${path}.weights`));
    spoil(written[1] as string);
    assert.equal(await foundCut(folder.path, cut()), undefined);
    assert.deepEqual(await cutGraphs(folder.path, cut()), written);
    assert.deepEqual(
      written.map((path) => readFileSync(`${path}.weights`)),
      bytes,
    );
  });
}
