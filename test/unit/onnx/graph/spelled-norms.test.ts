import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeInBands, findGroupNorms, GraphIndex, readGraphModel } from '@tessera/onnx';
import { maxAbsoluteDifference } from '../../../support/differences.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { decoderSketch, ImageSketch, type SketchStyle } from './image-sketch.js';
import { type ModelSketch, writeModelFile } from './model-file.js';
import { openPlan } from './open-plan.js';
import { openSession, wave } from './sessions.js';

const GROUPS = 32;
/** Two group normalisations in each of six resnets, one in the attention, one before the last convolution. */
const NORMS = 14;

/**
 * Of the largest value. Both graphs compute in float32, the uncut one sums its
 * statistics in float32 too, and 14 normalisations follow each other.
 */
const TOLERANCE = 1e-4;

const STYLES: readonly (SketchStyle & { readonly spelling: string })[] = [
  { norm: 'instance', upsample: 'scales', groups: GROUPS, spelling: 'instance' },
  { norm: 'group-18', upsample: 'sizes', groups: GROUPS, spelling: 'group' },
  { norm: 'group-21', upsample: 'scales', groups: GROUPS, spelling: 'group' },
  { norm: 'decomposed', upsample: 'transposed', groups: GROUPS, spelling: 'decomposed' },
  { norm: 'decomposed-power', upsample: 'depth-to-space', groups: GROUPS, spelling: 'decomposed' },
  { norm: 'decomposed-reciprocal', upsample: 'scales', groups: 8, spelling: 'decomposed' },
];

for (const style of STYLES) {
  test(`a decoder with ${style.norm} norms and ${style.upsample} upsampling is the same in any bands`, async (t) => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'model.onnx');
    writeModelFile(path, decoderSketch(style));
    const index = new GraphIndex(readGraphModel(path));
    const { norms, unexplained } = findGroupNorms(index);
    assert.deepEqual(unexplained, []);
    assert.equal(norms.length, NORMS);
    for (const norm of norms) {
      assert.equal(norm.spelling, style.spelling);
      assert.equal(norm.groups, style.groups);
      assert.ok(Math.abs(norm.epsilon - 1e-6) < 1e-12);
      assert.equal(norm.scale.values.length, norm.channels);
      assert.equal(norm.bias.values.length, norm.channels);
    }
    assert.equal(
      norms.filter(({ silu }) => silu !== undefined).length,
      NORMS - 1,
      'all but the attention go into a SiLU',
    );

    const { plan, run } = await openPlan(path, folder.path);
    const latent = wave([1, 4, 11, 7]);
    const whole = (await (await openSession(path))({ latent })).image?.data as Float32Array;
    const one = await decodeInBands(plan, run, latent, 1);
    assert.deepEqual(one.shape, [1, 3, 44, 28]);
    for (const count of [2, 3, 11]) {
      assert.deepEqual((await decodeInBands(plan, run, latent, count)).data, one.data, `${count} bands`);
    }
    const difference = maxAbsoluteDifference(one.data as Float32Array, whole);
    const largest = whole.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    t.diagnostic(`largest difference to the uncut graph: ${difference.toExponential(1)} of ${largest.toFixed(2)}`);
    assert.ok(difference <= TOLERANCE * largest);
  });
}

/** latent → convolution → normalisation and SiLU → convolution → image, with equal weights for any spelling. */
function normalised(spelling: 'fused' | 'group-21'): ModelSketch {
  const sketch = new ImageSketch({ norm: 'group-21', upsample: 'scales', groups: 4 }, 4);
  const x = sketch.conv('latent', 16);
  const scale = sketch.weights([16], 0.2, 1);
  const bias = sketch.weights([16], 0.2);
  const epsilon = { float: 1e-5 };
  if (spelling === 'fused') {
    const attributes = { groups: 4, epsilon, activation: 1, channels_last: 0 };
    const fused = sketch.op('GroupNorm', [x, scale, bias], 16, { domain: 'com.microsoft', attributes });
    return sketch.model(sketch.conv(fused, 3));
  }
  const norm = sketch.op('GroupNormalization', [x, scale, bias], 16, { attributes: { num_groups: 4, epsilon } });
  return sketch.model(sketch.conv(sketch.silu(norm), 3));
}

test('a normalisation fused with its SiLU, which a CPU cannot run whole, runs in bands', async () => {
  using folder = temporaryFolder();
  const latent = wave([1, 4, 8, 8]);
  const results = [];
  for (const spelling of ['fused', 'group-21'] as const) {
    const path = join(folder.path, `${spelling}.onnx`);
    writeModelFile(path, normalised(spelling));
    const [norm] = findGroupNorms(new GraphIndex(readGraphModel(path))).norms;
    assert.equal(norm?.spelling, spelling === 'fused' ? 'fused' : 'group');
    assert.equal(norm?.appliesSilu, spelling === 'fused');
    const { plan, run } = await openPlan(path, join(folder.path, spelling));
    results.push((await decodeInBands(plan, run, latent, 4)).data);
  }
  assert.deepEqual(results[0], results[1]);
});
