import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readGraphHeader } from '@tessera/models';
import { OPSET_FIELD_BYTES, onnxBytes, writeOnnxFile, writeOnnxFileWithHole } from '../../support/onnx-file.js';
import { repoRoot } from '../../support/paths.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const builtIn = join(repoRoot, 'models/emoji');

test('the built-in denoiser tells its inputs, outputs and operator set', () => {
  const header = readGraphHeader(join(builtIn, 'unet/model.onnx'));
  assert.deepEqual(header.inputs, [
    { name: 'sample', elementType: 'float32', shape: ['batch', 4, 'height', 'width'] },
    { name: 'timestep', elementType: 'float32', shape: ['batch'] },
    { name: 'encoder_hidden_states', elementType: 'float32', shape: ['batch', 'sequence', 384] },
  ]);
  assert.deepEqual(header.outputs, [
    { name: 'out_sample', elementType: 'float32', shape: ['batch', 4, 'height', 'width'] },
  ]);
  assert.deepEqual(header.opsets, [{ domain: '', version: 17 }]);
  assert.deepEqual(header.externalFiles, []);
});

test('scalars, fixed axes and float16 are told apart', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  writeOnnxFile(path, {
    inputs: { timestep: ['int64', []], sample: ['float16', [2, 4, 64, 64]] },
    outputs: { out_sample: ['float16', [2, 4, 64, 64]] },
  });
  assert.deepEqual(readGraphHeader(path).inputs, [
    { name: 'timestep', elementType: 'int64', shape: [] },
    { name: 'sample', elementType: 'float16', shape: [2, 4, 64, 64] },
  ]);
});

test('weights beside the graph are found wherever a tensor stands', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  writeOnnxFile(path, {
    inputs: {},
    outputs: {},
    initializers: [
      { name: 'a', raw: Buffer.alloc(200_000) },
      { name: 'b', external: { location: 'weights.pb', offset: '100', length: '28' } },
      { name: 'c', external: { location: 'weights.pb', offset: '0', length: '100' } },
    ],
    nestedInitializers: [{ name: 'd', external: { location: 'nested.bin' } }],
  });
  const header = readGraphHeader(path);
  assert.deepEqual(header.externalFiles, [
    { location: 'nested.bin', bytes: 0 },
    { location: 'weights.pb', bytes: 128 },
  ]);
  assert.deepEqual(header.initializerNames, ['a', 'b', 'c']);
});

test('an initializer that is listed among the inputs is not one', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  writeOnnxFile(path, {
    inputs: { x: ['float32', [1]], w: ['float32', [1]] },
    outputs: {},
    initializers: [{ name: 'w', raw: Buffer.alloc(4) }],
  });
  assert.deepEqual(
    readGraphHeader(path).inputs.map((input) => input.name),
    ['x'],
  );
});

test('weights beyond 2 GiB are stepped over', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  writeOnnxFileWithHole(path, 3 * 2 ** 30, 'after');
  const before = process.memoryUsage().rss;
  assert.equal(readGraphHeader(path).inputs[0]?.name, 'after');
  // The file has 3 GiB; what the reader takes is 64 KiB, the rest is the process's own breathing.
  assert.ok(process.memoryUsage().rss - before < 64 * 2 ** 20);
});

test('every cut of a model, and anything else, is refused by name', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  const whole = onnxBytes({
    inputs: { sample: ['float32', ['batch', 4]] },
    outputs: { out: ['float32', ['batch', 4]] },
    initializers: [{ name: 'w', external: { location: 'weights.pb' } }],
  });
  // The operator set comes last: a file cut right before it still tells its whole graph.
  const graphEnd = whole.length - OPSET_FIELD_BYTES;
  for (let length = 0; length < graphEnd; length++) {
    writeFileSync(path, whole.subarray(0, length));
    assert.throws(
      () => readGraphHeader(path, 'unet/model.onnx'),
      /unet\/model\.onnx is not an ONNX model/,
      `${length}`,
    );
  }
  writeFileSync(path, 'not a model at all');
  assert.throws(() => readGraphHeader(path), { code: 'failed_precondition' });
});
