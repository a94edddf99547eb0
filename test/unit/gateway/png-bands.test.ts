import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeImage, PngBands, RowGroups } from '@tessera/gateway';
import sharp from 'sharp';

const WIDTH = 37;

function noisy(width: number, height: number): Uint8Array {
  return Uint8Array.from(
    { length: 3 * width * height },
    (_, i) => ((i * 2654435761) >>> 24) & (i % 7 === 0 ? 255 : 31),
  );
}

const rowsOf = (data: Uint8Array, y: number, height: number, width = WIDTH) => ({
  width,
  height,
  data: data.subarray(3 * width * y, 3 * width * (y + height)),
});

async function pixelsOf(png: Buffer) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

for (const heights of [[1], [5, 1], [16, 16, 16], [300, 40]]) {
  test(`a PNG of bands of ${heights} rows holds exactly its pixels, and so does that of every band`, async () => {
    const height = heights.reduce((sum, rows) => sum + rows, 0);
    const data = noisy(WIDTH, height);
    const png = new PngBands({ width: WIDTH, height });
    const parts = [png.head()];
    let y = 0;
    for (const rows of heights) {
      const band = await png.band(rowsOf(data, y, rows));
      const own = await pixelsOf(band.file);
      assert.deepEqual(own, { ...rowsOf(data, y, rows), data: data.slice(3 * WIDTH * y, 3 * WIDTH * (y + rows)) });
      parts.push(band.before, band.file.subarray(band.shared.start, band.shared.end), band.after);
      y += rows;
    }
    parts.push(png.tail([{ keyword: 'tessera', text: 'late' }]));
    const file = Buffer.concat(parts);
    assert.deepEqual(await pixelsOf(file), { data, width: WIDTH, height });
    assert.ok(file.includes('tessera\0late'));
  });
}

test('an image that is not complete, or too long, is no file', async () => {
  const data = noisy(WIDTH, 4);
  const png = new PngBands({ width: WIDTH, height: 3 });
  await png.band(rowsOf(data, 0, 2));
  assert.throws(() => png.tail([]), /1 rows are missing/);
  await assert.rejects(png.band(rowsOf(data, 2, 2)), RangeError);
  await assert.rejects(png.band(rowsOf(data, 0, 1, WIDTH - 1)), RangeError);
});

test('bands cost little more than the whole', async () => {
  const [width, height] = [256, 256];
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => 128 + 100 * Math.sin(i / 997) + (i % 3));
  const whole = await encodeImage({ width, height, data }, 'png', 'fine');
  const png = new PngBands({ width, height });
  let bytes = png.head().length;
  for (let y = 0; y < height; y += 64) {
    const { shared, before, after } = await png.band(rowsOf(data, y, 64, width));
    bytes += shared.end - shared.start + before.length + after.length;
  }
  assert.ok(bytes + png.tail([]).length < 1.1 * whole.length);
});

test('rows of any heights become bands of one height, the last one of the rest', () => {
  const data = noisy(WIDTH, 11);
  const groups = new RowGroups(4, 11);
  const bands = [];
  for (const [y, height] of [
    [0, 3],
    [3, 6],
    [9, 1],
    [10, 1],
  ] as const) {
    bands.push(...groups.add({ y, ...rowsOf(data, y, height) }));
  }
  assert.deepEqual(
    bands.map(({ y, height }) => [y, height]),
    [
      [0, 4],
      [4, 4],
      [8, 3],
    ],
  );
  assert.deepEqual(Buffer.concat(bands.map(({ data }) => data)), Buffer.from(data));
  assert.throws(() => groups.add({ y: 9, ...rowsOf(data, 9, 1) }), /does not follow row 11/);
});
