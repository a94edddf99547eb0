import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  bandGrid,
  decodeFloat16,
  decodeInBands,
  encodeFloat16,
  type NamedTensors,
  type TypedTensor,
} from '@tessera/onnx';
import { maxAbsoluteDifference } from '../support/differences.js';
import { repoRoot } from '../support/paths.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';
import { assembleTinyModel } from '../support/tiny-models.js';
import { openPlan } from '../unit/onnx/graph/open-plan.js';
import { openSession, wave } from '../unit/onnx/graph/sessions.js';

let folder: TemporaryFolder;
before(() => {
  folder = temporaryFolder();
});
after(() => folder[Symbol.dispose]());

interface Network {
  readonly name: string;
  readonly file: () => string;
  readonly input: TypedTensor;
  /** Of the decoded pixels in [−1, 1], or of latent parameters. */
  readonly tolerance: number;
}

/** The limit for float32: statistics are summed more exactly here than in the uncut graph. */
const FLOAT_TOLERANCE = 1e-4;
/**
 * float16 keeps 11 bits, each of 60 layers rounds to them, and a normalisation
 * is rounded once here, after every step of it in the uncut graph.
 */
const HALF_TOLERANCE = 2e-2;

const half = (tensor: ReturnType<typeof wave>): TypedTensor => ({
  ...tensor,
  dtype: 'float16',
  data: encodeFloat16(tensor.data),
});

const NETWORKS: readonly Network[] = [
  {
    name: "the built-in model's decoder",
    file: () => join(repoRoot, 'models/emoji/vae_decoder/model.onnx'),
    input: wave([1, 4, 32, 24]),
    tolerance: FLOAT_TOLERANCE,
  },
  {
    name: 'a decoder with attention in the middle',
    file: () => join(assembleTinyModel('sd-tiny', folder.path), 'vae_decoder/model.onnx'),
    input: wave([1, 4, 32, 20]),
    tolerance: FLOAT_TOLERANCE,
  },
  {
    name: 'a float16 decoder',
    file: () => join(assembleTinyModel('sd-tiny-fp16', folder.path), 'vae_decoder/model.onnx'),
    input: half(wave([1, 4, 16, 16])),
    tolerance: HALF_TOLERANCE,
  },
  {
    name: "the built-in model's encoder",
    file: () => join(repoRoot, 'models/emoji/vae_encoder/model.onnx'),
    input: wave([1, 3, 128, 192]),
    tolerance: FLOAT_TOLERANCE,
  },
  {
    name: 'an encoder with attention in the middle',
    file: () => join(assembleTinyModel('sd-tiny', folder.path), 'vae_encoder/model.onnx'),
    input: wave([1, 3, 128, 160]),
    tolerance: FLOAT_TOLERANCE,
  },
];

for (const { name, file, input, tolerance } of NETWORKS) {
  test(`${name} gives the same bits in 1, 4 and 16 bands, and the uncut graph's result`, async (t) => {
    const path = file();
    const { plan, run } = await openPlan(path, join(folder.path, name));
    const uncut = await openSession(path);
    const whole = (await uncut({ [plan.input]: input }))[plan.output] as TypedTensor;
    const hashes = new Set<string>();
    for (const count of [1, 4, 16]) {
      const result = await decodeInBands(plan, run, input, count);
      assert.deepEqual(result.shape, whole.shape);
      hashes.add(hash(result));
      const difference = maxAbsoluteDifference(floats(result), floats(whole));
      t.diagnostic(`${count} bands: largest difference to the uncut graph ${difference.toExponential(1)}`);
      assert.ok(difference <= tolerance);
    }
    assert.equal(hashes.size, 1);
  });
}

test('decoding 512×512 in bands costs about as much as decoding it whole', async (t) => {
  const path = join(repoRoot, 'models/emoji/vae_decoder/model.onnx');
  const { plan, run } = await openPlan(path, join(folder.path, 'timed'));
  const uncut = await openSession(path);
  const latent = wave([1, 4, 64, 64]);
  const inBands = (bands: Parameters<typeof decodeInBands>[3]) => decodeInBands(plan, run, latent, bands);
  const grid = bandGrid(plan, 64, 64);
  const whole = await timed(() => uncut({ [plan.input]: latent }));
  const one = await timed(() => inBands(1));
  const several = await timed(() => inBands(grid));
  // Told, not judged: other tests run beside this one.
  t.diagnostic(`whole ${whole.ms} ms, in one band ${one.ms} ms, in ${grid.length} bands ${several.ms} ms`);
  const pixels = (whole.result as NamedTensors)[plan.output] as TypedTensor;
  assert.equal(hash(one.result), hash(several.result));
  assert.ok(maxAbsoluteDifference(floats(several.result), floats(pixels)) <= FLOAT_TOLERANCE);
});

async function timed<T>(act: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  await act();
  const start = performance.now();
  const result = await act();
  return { ms: Math.round(performance.now() - start), result };
}

function floats({ dtype, data }: TypedTensor): Float32Array {
  return dtype === 'float16' ? decodeFloat16(data) : (data as Float32Array);
}

function hash({ data }: TypedTensor): string {
  return createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}
