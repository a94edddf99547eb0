import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { GraphIndex, readGraphModel } from '@tessera/onnx';
import { repoRoot } from '../../../support/paths.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { writeModelFile } from './model-file.js';

const EMOJI = join(repoRoot, 'models/emoji');
const TINY = join(repoRoot, 'test/fixtures/models');

// Counted with the onnx package of Python.
test('a graph is read with its operators, weights and borders', () => {
  const model = readGraphModel(join(EMOJI, 'unet/model.onnx'));
  assert.equal(model.operators.length, 2286);
  assert.equal(model.initializers.size, 326);
  assert.equal(model.operators.filter(({ type }) => type === 'Conv').length, 50);
  assert.deepEqual([...model.opsets], [['', 17]]);
  assert.deepEqual(model.inputs, [
    { name: 'sample', elementType: 'float32', shape: ['batch', 4, 'height', 'width'] },
    { name: 'timestep', elementType: 'float32', shape: ['batch'] },
    { name: 'encoder_hidden_states', elementType: 'float32', shape: ['batch', 'sequence', 384] },
  ]);
  const weights = [...model.initializers.values()];
  assert.ok(weights.every(({ place }) => place.type === 'raw'));
  assert.ok(weights.every(({ bytes, place }) => place.type === 'raw' && place.end - place.start === bytes));
});

test('weights beside the graph are known by file, offset and length', () => {
  const model = readGraphModel(join(TINY, 'sdxl-tiny/unet/model.onnx'));
  const external = [...model.initializers.values()].flatMap(({ place, bytes }) =>
    place.type === 'external' ? [{ ...place, bytes }] : [],
  );
  assert.ok(external.length > 0);
  for (const { location, length, bytes } of external) {
    assert.equal(location, 'model.onnx_data');
    assert.equal(length, bytes);
  }
});

test('stored float16 weights and their casts count as constants', () => {
  const index = new GraphIndex(readGraphModel(join(EMOJI, 'vae_decoder/model.onnx')));
  assert.ok(index.isConstant('d.conv_in.weight.f16'));
  assert.ok(index.isConstant('d.conv_in.weight'), 'the float32 it is cast to');
  assert.ok(!index.isConstant('/d/conv_in/Conv_output_0'));
  assert.equal(index.producer('d.conv_in.weight')?.type, 'Cast');
});

test('tensors are found by pattern, in the order they are computed', () => {
  const index = new GraphIndex(readGraphModel(join(EMOJI, 'vae_decoder/model.onnx')));
  assert.deepEqual(
    index.tensorsMatching(/upsamplers.*Resize_output/),
    [0, 1, 2].map((i) => `/d/up_blocks.${i}/upsamplers.0/Resize_output_0`),
  );
  assert.deepEqual(index.tensorsMatching(/\.weight$/), [], 'weights are no tensors between operators');
});

test('operators out of order are sorted, and attributes keep their signs', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  writeModelFile(path, {
    opset: 17,
    inputs: { x: ['float32', [2, 3]] },
    outputs: { y: ['float32', [2, 3]] },
    operators: [
      { type: 'Softmax', inputs: ['h'], outputs: ['y'], attributes: { axis: -1 } },
      { type: 'Relu', inputs: ['x'], outputs: ['h'] },
    ],
    constants: {},
  });
  const index = new GraphIndex(readGraphModel(path));
  assert.deepEqual(
    index.order.map(({ type }) => type),
    ['Relu', 'Softmax'],
  );
  assert.deepEqual(index.order[1]?.attributes.get('axis')?.value, { type: 'int', value: -1 });
});
