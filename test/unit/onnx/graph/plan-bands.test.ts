import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { bandGrid, decodeInBands, GraphIndex, planBands, readGraphModel } from '@tessera/onnx';
import { repoRoot } from '../../../support/paths.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { openPlan } from './open-plan.js';
import { wave } from './sessions.js';

const EMOJI = join(repoRoot, 'models/emoji/vae_decoder/model.onnx');
const TINY = join(repoRoot, 'test/fixtures/models/sd-tiny/vae_decoder/model.onnx');

test('between two exchanges a decoder reaches one row of its neighbours', () => {
  const { plan } = planBands(new GraphIndex(readGraphModel(EMOJI)));
  assert.equal(plan.norms.length, 21);
  assert.equal(plan.fewestLatentRows, 1);
  const halos = plan.segments.flatMap(({ inputs }) => inputs.flatMap(({ above, below }) => [above, below]));
  assert.deepEqual([...new Set(halos)].sort(), [0, 1]);
  // A border between two norms each, one before each of the three upsampling convolutions, and the ends.
  assert.equal(plan.segments.length, 21 + 3 + 1);
  assert.deepEqual(plan.images[plan.input], { elementType: 'float32', channels: 4, rowsPerLatentRow: 1 });
  assert.deepEqual(plan.images[plan.output], { elementType: 'float32', channels: 3, rowsPerLatentRow: 8 });
});

test("a resnet's shortcut crosses the segments between", () => {
  const { plan } = planBands(new GraphIndex(readGraphModel(EMOJI)));
  const second = plan.segments.find(({ outputs }) => outputs.includes('/d/mid_block/resnets.0/Div_output_0'));
  assert.deepEqual(second?.inputs, [
    { tensor: '/d/mid_block/resnets.0/conv1/Conv_output_0', above: 1, below: 1 },
    { tensor: '/d/conv_in/Conv_output_0', above: 0, below: 0 },
  ]);
});

test('attention runs whole, once, at the size of the latent', () => {
  const { plan } = planBands(new GraphIndex(readGraphModel(TINY)));
  const whole = plan.segments.filter(({ kind }) => kind === 'whole');
  assert.equal(whole.length, 1);
  assert.deepEqual(whole[0]?.inputs, [{ tensor: '/decoder/mid_block/resnets.0/Div_output_0', above: 0, below: 0 }]);
  assert.equal(plan.norms.length, 21, "the attention's own norm stays in it");
});

test('every weight lies in one segment', () => {
  for (const path of [EMOJI, TINY]) {
    const index = new GraphIndex(readGraphModel(path));
    const { plan } = planBands(index);
    const normParameters = plan.norms.reduce((sum, { scale, bias }) => sum + scale.length + bias.length, 0);
    const total = [...index.model.initializers.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    const held = plan.segments.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
    // Scales and biases of norms move into the plan; the model stores them as float16 or float32.
    assert.ok(held < total && total - held <= normParameters * 4, `${held} of ${total}`);
  }
});

test('the grid depends on the image alone, and wide images have lower bands', () => {
  const { plan } = planBands(new GraphIndex(readGraphModel(EMOJI)));
  assert.equal(bandGrid(plan, 16, 16).length, 1);
  const [square, wide] = [bandGrid(plan, 128, 128), bandGrid(plan, 128, 512)];
  assert.ok(square.length > 8 && wide.length > square.length);
  for (const grid of [square, wide]) {
    assert.equal(grid[0]?.start, 0);
    assert.equal(grid.at(-1)?.end, 128);
    assert.ok(grid.every(({ start }, i) => i === 0 || start === grid[i - 1]?.end));
  }
});

test('a plan survives being kept as JSON', async () => {
  using folder = temporaryFolder();
  const { plan, run } = await openPlan(TINY, folder.path);
  const latent = wave([1, 4, 6, 8]);
  const kept = JSON.parse(JSON.stringify(plan)) as typeof plan;
  assert.deepEqual((await decodeInBands(kept, run, latent, 2)).data, (await decodeInBands(plan, run, latent, 2)).data);
});

test('a run that is aborted stops between segments', async () => {
  using folder = temporaryFolder();
  const { plan, run } = await openPlan(TINY, folder.path);
  const abort = new AbortController();
  let runs = 0;
  const counted: typeof run = (segment, feeds) => {
    runs += 1;
    if (runs === 3) abort.abort();
    return run(segment, feeds);
  };
  await assert.rejects(decodeInBands(plan, counted, wave([1, 4, 6, 8]), 1, abort.signal), { name: 'AbortError' });
  assert.equal(runs, 3);
});
