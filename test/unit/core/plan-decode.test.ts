import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bandEdgeRows,
  bandsFromStarts,
  DEFAULT_TILING,
  type DecodePlan,
  gatherPixels,
  planDecode,
  wholeDecodeBytes,
} from '@tessera/core';
import { modelCard } from '../../support/model-card.js';

/** A decoder whose largest tensor takes 12 KiB a cell, as the built-in model's. */
const bands = { bytesPerCell: 12_288, fewestRows: 2, reach: 15 };
const plain = modelCard({ name: 'plain' });
const card = modelCard({ name: 'banded', decoder: { ...plain.decoder, bands } });

const planned = (rows: number, columns: number, model = card): DecodePlan | undefined =>
  planDecode(model, [4, rows, columns], undefined);

test('images of little memory are decoded whole, larger ones in bands that cover every row', () => {
  assert.equal(planned(64, 64), undefined);
  for (const [rows, columns] of [
    [128, 128],
    [96, 96],
    [512, 512],
    [2048, 16],
    [200, 100],
  ] as const) {
    assert.ok(wholeDecodeBytes(card.decoder, rows, columns) > 2 ** 28);
    const starts = planned(rows, columns)?.bandStarts ?? [];
    const found = bandsFromStarts(starts, rows);
    assert.equal(found[0]?.start, 0);
    assert.equal(found.at(-1)?.end, rows);
    for (const { start, end } of found) assert.ok(end - start >= bands.fewestRows);
  }
});

test('a native canvas is decoded whole whatever it takes, and so is any of a graph that cannot be cut', () => {
  const { width, height } = card.nativeCanvas;
  const huge = modelCard({ name: 'huge', decoder: { ...plain.decoder, bands: { ...bands, bytesPerCell: 2 ** 24 } } });
  assert.equal(planned(height, width, huge), undefined);
  assert.ok(planned(height, width + 1, huge)?.bandStarts);
  assert.equal(planned(512, 512, plain), undefined);
});

test('a graph of one size is run in bands for every other', () => {
  const fixedSize = { width: 16, height: 16 };
  const fixed = modelCard({ name: 'fixed', decoder: { ...card.decoder, fixedSize } });
  assert.equal(planned(16, 16, fixed), undefined);
  assert.deepEqual(planned(16, 24, fixed)?.bandStarts, [0]);
});

test('a canvas that wraps is decoded with as much of its other side as the decoder sees', () => {
  const decode = planDecode(card, [4, 64, 96], { ...DEFAULT_TILING, wrap: 'x' });
  assert.deepEqual(decode?.halo, { x: 15, y: 0 });
  assert.ok(decode?.bandStarts, 'the halo counts as memory too');
});

test('bands begin at rows of the image: those inside its halo do not', () => {
  const decode = { halo: { x: 0, y: 5 }, bandStarts: [0, 4, 8, 12, 16] };
  assert.deepEqual(bandEdgeRows(decode, 64, 8), [24, 56]);
});

test('rows that do not follow each other are no image', async () => {
  const row = (y: number) => ({ y, width: 1, height: 1, data: Uint8Array.of(y, y, y) });
  const size = { width: 1, height: 2 };
  assert.deepEqual((await gatherPixels([row(0), row(1)], size)).data, Uint8Array.of(0, 0, 0, 1, 1, 1));
  await assert.rejects(gatherPixels([row(1), row(0)], size), /do not follow row 0/);
  await assert.rejects(gatherPixels([row(0)], size), /1 rows are missing/);
  await assert.rejects(gatherPixels([row(0), row(1), row(2)], size), /do not follow row 2/);
});
