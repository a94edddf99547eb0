import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeInBands, findGroupNorms, GraphIndex, readGraphModel } from '@tessera/onnx';
import { maxAbsoluteDifference } from '../../../support/differences.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { decoderSketch, type SketchStyle } from './image-sketch.js';
import { writeModelFile } from './model-file.js';
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
