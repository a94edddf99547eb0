import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  compareOutputs,
  cutAtTensors,
  GraphIndex,
  type NamedTensors,
  planGraphParts,
  readGraphModel,
  runParts,
  type SubGraph,
  writeSubGraph,
} from '@tessera/onnx';
import { repoRoot } from '../../../support/paths.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { openSession, wave } from './sessions.js';

const TINY = join(repoRoot, 'test/fixtures/models');
const LEGACY = join(TINY, 'sd-tiny-legacy/unet/model.onnx');
const SHAPES = new Map<string, readonly number[]>([
  ['sample', [2, 4, 16, 16]],
  ['timestep', [2]],
  ['encoder_hidden_states', [2, 77, 8]],
]);
const FEEDS: NamedTensors = {
  sample: wave([2, 4, 16, 16]),
  timestep: { dtype: 'float32', shape: [2], data: Float32Array.of(999, 500) },
  encoder_hidden_states: wave([2, 77, 8], 1),
};

async function chained(parts: readonly SubGraph[], folder: string, weights: 'link' | 'copy'): Promise<NamedTensors> {
  const borders = [];
  for (const part of parts) {
    const path = join(folder, `${part.name}.onnx`);
    await writeSubGraph(part, path, { weights });
    const names = (values: SubGraph['inputs']) => values.map(({ name }) => name);
    borders.push({ inputs: names(part.inputs), outputs: names(part.outputs), run: await openSession(path) });
  }
  return runParts(borders, ({ run }, feeds) => run(feeds), FEEDS, ['out_sample']);
}

for (const weights of ['link', 'copy'] as const) {
  test(`parts whose weights lie beside the model (${weights}) give the whole graph's bits`, async () => {
    using folder = temporaryFolder();
    const index = new GraphIndex(readGraphModel(LEGACY));
    const parts = cutAtTensors(index, [
      ['/unet/down_blocks.1/resnets.0/Add_output_0'],
      ['/unet/mid_block/resnets.0/Add_output_0'],
    ]);
    assert.equal(parts.length, 3);
    const whole = await (await openSession(LEGACY))(FEEDS);
    const [difference] = compareOutputs(whole, await chained(parts, folder.path, weights));
    assert.deepEqual({ ...difference }, { name: 'out_sample', elements: 2048, different: 0, largest: 0 });

    const source = join(TINY, 'sd-tiny-legacy/unet/weights.pb');
    const files = readdirSync(folder.path);
    if (weights === 'link') {
      assert.equal(
        statSync(join(folder.path, 'weights.pb')).ino,
        statSync(source).ino,
        'the model file itself, not a copy',
      );
    } else {
      assert.ok(!files.includes('weights.pb'));
      const copied = files
        .filter((file) => file.endsWith('.weights'))
        .map((file) => statSync(join(folder.path, file)).size);
      assert.equal(copied.length, 3);
      assert.ok(
        copied.every((size) => size < statSync(source).size),
        'a part has only its own',
      );
    }
  });
}

test('planned parts weigh about the same, need exactly their own weights, and every weight is in one', () => {
  const index = new GraphIndex(readGraphModel(LEGACY));
  const total = [...index.model.initializers.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  for (const count of [1, 2, 3, 5]) {
    const { parts, crossings } = planGraphParts(index, count, SHAPES);
    assert.equal(parts.length, count);
    assert.equal(crossings.length, count - 1);
    assert.equal(
      parts.reduce((sum, { weightBytes }) => sum + weightBytes, 0),
      total,
    );
    const heaviest = Math.max(...parts.map(({ weightBytes }) => weightBytes));
    assert.ok(heaviest <= 1.35 * (total / count), `the heaviest of ${count} parts has ${heaviest} of ${total} bytes`);
    for (const [i, { tensors, bytes }] of crossings.entries()) {
      const given = new Set(parts.slice(0, i + 1).flatMap(({ outputs }) => outputs.map(({ name }) => name)));
      assert.ok(tensors.every(({ name }) => given.has(name)));
      assert.ok(Number.isFinite(bytes) && bytes > 0);
    }
  }
});

test('a cut that moves fewer bytes is taken within the balance', () => {
  const index = new GraphIndex(readGraphModel(LEGACY));
  const { crossings } = planGraphParts(index, 2, SHAPES);
  const { crossings: larger } = planGraphParts(index, 2, new Map([...SHAPES, ['sample', [2, 4, 64, 64]]]));
  assert.ok((crossings[0]?.bytes ?? 0) < (larger[0]?.bytes ?? 0), 'a larger latent has larger skips');
});

test('a written part is the same file every time', async () => {
  using folder = temporaryFolder();
  const index = new GraphIndex(readGraphModel(LEGACY));
  const [part] = planGraphParts(index, 2, SHAPES).parts;
  assert.ok(part);
  const paths = ['a', 'b'].map((name) => join(folder.path, name, 'part.onnx'));
  for (const path of paths) await writeSubGraph(part, path);
  const [a, b] = paths.map((path) => readFileSync(path));
  assert.deepEqual(a, b);
  assert.deepEqual(
    readdirSync(join(folder.path, 'a')).sort(),
    ['part.onnx', 'weights.pb'],
    'nothing unfinished is left',
  );
});

test('more parts than places to cut are refused', () => {
  const index = new GraphIndex(readGraphModel(LEGACY));
  assert.throws(() => planGraphParts(index, 5000, SHAPES), { code: 'failed_precondition' });
  assert.throws(() => planGraphParts(index, 0, SHAPES), { code: 'invalid_argument', field: 'count' });
});
