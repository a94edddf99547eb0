import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { elementCount, type Plan, splitRows, type Tensor } from '@tessera/core';
import { Decoders } from '../support/decoders.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
after(() => folder[Symbol.dispose]());
const start = { env: { TESSERA_HOME: folder.path } };

/** Large enough to be decoded in bands by its own plan. */
const SIZE = { width: 768, height: 768 };

const smooth = (shape: readonly number[]): Tensor => ({
  shape,
  data: Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i / 7) + Math.cos(i / 97)),
});

function inBands(plan: Plan, count: number): Plan {
  const bandStarts = splitRows(plan.latentShape[1], count).map(({ start }) => start);
  return { ...plan, decode: { halo: { x: 0, y: 0 }, bandStarts } };
}

test('1, 2 and 3 decoders with 1, 4, 16 and the planned bands give the same pixels, near those of the whole graph', async (t) => {
  const hashes = new Set<string>();
  let latent: Tensor | undefined;
  for (const count of [1, 2, 3]) {
    await using decoders = await Decoders.start(count, start);
    await decoders.usable(count);
    const plan = decoders.planOf(SIZE);
    latent ??= smooth(plan.latentShape);
    assert.ok(plan.decode?.bandStarts);
    const bands = count === 1 ? [1, 4, 16] : [4];
    for (const planned of [plan, ...bands.map((bands) => inBands(plan, bands))]) {
      const { data } = await decoders.decode(planned, latent);
      hashes.add(createHash('sha256').update(data).digest('hex'));
    }
    if (count > 1) continue;
    const { decode: _, ...whole } = plan;
    const [banded, uncut] = [await decoders.decode(plan, latent), await decoders.decode(whole, latent)];
    const differences = uncut.data.map((value, i) => Math.abs(value - (banded.data[i] ?? 0)));
    // 1e-4 in −1…1 moves a value across a rounding border now and then.
    assert.ok(Math.max(...new Set(differences)) <= 1);
    t.diagnostic(
      `${differences.filter((difference) => difference > 0).length} of ${uncut.data.length} values off by 1`,
    );
  }
  assert.equal(hashes.size, 1);
  assert.ok(readdirSync(join(folder.path, 'cache/cut')).length > 0);
});

test('a decoder killed midway: the others give the same pixels, and no row comes twice', async () => {
  await using decoders = await Decoders.start(2, start);
  await decoders.usable(2);
  const plan = decoders.planOf(SIZE);
  const latent = smooth(plan.latentShape);
  const expected = await decoders.decode(plan, latent);
  const [, second] = decoders.workers;
  let rows = 0;
  const data = new Uint8Array(expected.data.length);
  for await (const band of decoders.bands(plan, latent)) {
    // The second one has the lower half.
    if (rows === 0) second?.process.kill('SIGKILL');
    assert.equal(band.y, rows);
    data.set(band.data, 3 * band.width * band.y);
    rows += band.height;
  }
  assert.equal(rows, plan.height);
  assert.deepEqual(Buffer.compare(data, expected.data), 0);
});

test('a decode that is given up ends at the decoders, which decode on', async () => {
  await using decoders = await Decoders.start(2, start);
  await decoders.usable(2);
  const plan = decoders.planOf(SIZE);
  const latent = smooth(plan.latentShape);
  const stop = new AbortController();
  const given = decoders.bands(plan, latent, stop.signal)[Symbol.asyncIterator]();
  const first = given.next();
  stop.abort(new Error('given up'));
  await assert.rejects(first, /given up/);
  assert.equal((await decoders.decode(plan, latent)).height, plan.height);
});

test('a canvas that wraps goes on at its other side', async () => {
  await using decoders = await Decoders.start(1, start);
  await decoders.usable(1);
  const wrapped = decoders.planOf({ width: 256, height: 192, wrap: 'x' });
  assert.ok(wrapped.decode?.halo.x);
  const latent = smooth(wrapped.latentShape);
  const { decode: _, ...bordered } = wrapped;
  const turned = { ...latent, data: rolled(latent.data, latent.shape[2] as number, 5) };
  const offBy = async (plan: Plan) => {
    const [straight, other] = [await decoders.decode(plan, latent), await decoders.decode(plan, turned)];
    const expected = rolled(straight.data, 3 * plan.width, 3 * 8 * 5);
    return other.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0);
  };
  // What is seen twice counts twice in the statistics, wherever the canvas begins.
  assert.ok((await offBy(wrapped)) <= 6);
  assert.ok((await offBy(bordered)) > 20);
});

/** Every row moved on by so many places, around its end. */
function rolled<Values extends Float32Array | Uint8Array>(values: Values, width: number, by: number): Values {
  const moved = values.slice() as Values;
  for (let i = 0; i < values.length; i += 1) {
    const column = i % width;
    moved[i - column + ((column + by) % width)] = values[i] as number;
  }
  return moved;
}
