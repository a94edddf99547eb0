import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cutAtTensors, decodeInBands, GraphIndex, planBands, readGraphModel, writeSubGraph } from '@tessera/onnx';
import { repoRoot } from '../../../support/paths.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { decoderSketch, ImageSketch } from './image-sketch.js';
import { BODY, type ModelSketch, type SketchOperator, writeModelFile } from './model-file.js';
import { openPlan } from './open-plan.js';
import { wave } from './sessions.js';

const STYLE = { norm: 'instance', upsample: 'scales', groups: 4 } as const;

function planned(sketch: ModelSketch): unknown {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  writeModelFile(path, sketch);
  return planBands(new GraphIndex(readGraphModel(path)));
}

function refused(sketch: ModelSketch, message: RegExp): void {
  assert.throws(() => planned(sketch), { code: 'failed_precondition', reason: 'GRAPH_UNCUTTABLE', message });
}

/** latent → the operators → image, each [1, 4, rows, columns]. */
function chain(...operators: readonly Omit<SketchOperator, 'outputs' | 'inputs'>[]): ModelSketch {
  const sketch = new ImageSketch(STYLE, 4);
  let x = sketch.conv('latent', 4);
  for (const operator of operators) x = sketch.op(operator.type, [x], 4, operator);
  return sketch.model(x);
}

test('control flow is refused by the operator at fault', () => {
  refused(
    chain({ type: 'If', attributes: { then_branch: BODY } }),
    /^the graph cannot be cut: the t1 \(If\) chooses what to run while it runs$/,
  );
});

test('a normalisation in a spelling that is not known is refused', () => {
  const skip = chain({ type: 'SkipGroupNorm', domain: 'com.microsoft', attributes: { groups: 4 } });
  refused(skip, /the t1 \(SkipGroupNorm\) normalises in a spelling that is not known/);
  const last = new ImageSketch(STYLE, 4);
  const parameters = [last.weights([4]), last.weights([4])];
  const channelsLast = last.op('GroupNorm', [last.conv('latent', 4), ...parameters], 4, {
    domain: 'com.microsoft',
    attributes: { groups: 4, channels_last: 1 },
  });
  refused(last.model(channelsLast), /\(GroupNorm\) normalises in a spelling that is not known/);
  const sketch = new ImageSketch(STYLE, 4);
  const scale = sketch.op('ReduceMean', ['latent'], 0, { attributes: { axes: [0, 2, 3], keepdims: 0 } });
  const norm = sketch.op('InstanceNormalization', [sketch.conv('latent', 4), scale, scale], 4);
  refused(sketch.model(norm), /\(InstanceNormalization\) normalises in a spelling that is not known/);
});

test('what needs the whole image above the latent is refused: bands would save no memory', () => {
  const sketch = new ImageSketch(STYLE, 4);
  const large = sketch.upsample(sketch.conv('latent', 4));
  refused(
    sketch.model(sketch.attention(large)),
    /\(Reshape\) needs all of t\d+, an image of 2 rows for each row of the latent/,
  );
  const smooth = new ImageSketch(STYLE, 4);
  const doubled = smooth.upsample(smooth.conv('latent', 4));
  const average = smooth.op('GlobalAveragePool', [doubled], 4);
  refused(smooth.model(smooth.op('Mul', [doubled, average], 4)), /\(GlobalAveragePool\) needs all of/);
});

test('an operator of unknown shape is named', () => {
  refused(
    chain({ type: 'Identity' }, { type: 'Mystery', domain: 'com.microsoft' }, { type: 'Relu' }),
    /the t2 \(Mystery\) gives a tensor whose shape cannot be told/,
  );
});

test('numbers drawn inside the graph are refused', () => {
  const path = join(repoRoot, 'test/fixtures/models/sd-tiny-legacy/vae_encoder/model.onnx');
  assert.throws(() => planBands(new GraphIndex(readGraphModel(path))), {
    code: 'failed_precondition',
    message: /\/RandomNormalLike \(RandomNormalLike\) draws random numbers/,
  });
});

test('a network of more than one image is refused', () => {
  const path = join(repoRoot, 'test/fixtures/models/sd-tiny/unet/model.onnx');
  assert.throws(() => planBands(new GraphIndex(readGraphModel(path))), {
    code: 'failed_precondition',
    message: /takes 3 tensors and gives 1; bands need one image each way/,
  });
});

test('a file that is no model, and a graph that reads what nothing makes, are refused', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  writeFileSync(path, 'not a model');
  assert.throws(() => readGraphModel(path), { code: 'failed_precondition', reason: 'MODEL_UNUSABLE' });
  const sketch = new ImageSketch(STYLE, 4);
  refused(
    sketch.model(sketch.op('Add', ['latent', 'nothing'], 4)),
    /\(Add\) reads nothing, which nothing before it makes/,
  );
});

test('weights outside the folder of their model are not followed', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  const sketch = decoderSketch(STYLE, [8, 8]);
  for (const location of ['../weights.bin', '/etc/hostname']) {
    const [name, constant] =
      Object.entries(sketch.constants).find(([, { shape }]) => shape.length === 4) ?? assert.fail();
    const external = { ...constant, external: { location, offset: 0, length: constant.data.byteLength } };
    writeModelFile(path, { ...sketch, constants: { ...sketch.constants, [name]: external } });
    const index = new GraphIndex(readGraphModel(path));
    await assert.rejects(
      (async () => {
        for (const part of cutAtTensors(index, [['t3']]))
          await writeSubGraph(part, join(folder.path, 'cut', 'part.onnx'));
      })(),
      { code: 'failed_precondition', message: /lies outside the folder of its model/ },
    );
  }
});

test('a cut must name tensors between operators, in order', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  writeModelFile(path, decoderSketch(STYLE, [8, 8]));
  const index = new GraphIndex(readGraphModel(path));
  const refusedCut = (boundaries: readonly (readonly string[])[], field: string) =>
    assert.throws(() => cutAtTensors(index, boundaries), { code: 'invalid_argument', field });
  refusedCut([['latent']], 'boundaries[0]');
  refusedCut([['w0']], 'boundaries[0]');
  refusedCut([['t9'], ['t3']], 'boundaries[1]');
});

test('bands must cover the image from top to bottom', async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'model.onnx');
  writeModelFile(path, decoderSketch(STYLE, [8, 8]));
  const { plan, run } = await openPlan(path, folder.path);
  const latent = wave([1, 4, 4, 4]);
  const refusedBands = (...bands: readonly (readonly [start: number, end: number])[]) =>
    assert.rejects(
      decodeInBands(
        plan,
        run,
        latent,
        bands.map(([start, end]) => ({ start, end })),
      ),
      {
        code: 'invalid_argument',
        field: 'bands',
      },
    );
  await refusedBands([0, 2]);
  await refusedBands([0, 2], [3, 4]);
  await refusedBands([0, 2], [2, 2], [2, 4]);
  await refusedBands([0, 2], [2, 5]);
});
