import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunForecast } from '@tessera/onnx';

const costs = [
  { batchSize: 1, runMs: 14 },
  { batchSize: 2, runMs: 24 },
  { batchSize: 8, runMs: 80 },
];

test('before any run of a size the table tells, by rows and by cells', () => {
  const forecast = new RunForecast({ costs, nativeCells: 256 });
  const expectedMs = (rows: number, cells = 256) => forecast.of({ rows, cells })?.expectedMs;
  assert.equal(expectedMs(1), 14);
  assert.equal(expectedMs(4), 40);
  assert.equal(expectedMs(16), 160);
  assert.equal(expectedMs(2, 128), 12);
  // Twice the cells on each axis: attention takes 16 times as long.
  assert.equal(expectedMs(2, 1024), 24 * 16);
  assert.equal(new RunForecast({ costs: [], nativeCells: 256 }).of({ rows: 1, cells: 256 }), undefined);
});

test('after runs of a size they tell; the earliest end moves away from the mean as they scatter', () => {
  const forecast = new RunForecast({ costs, nativeCells: 256 });
  const size = { rows: 2, cells: 256 };
  for (let run = 0; run < 40; run += 1) forecast.ran(size, 30);
  const steady = forecast.of(size);
  assert.equal(steady?.expectedMs, 30);
  assert.ok((steady?.earliestMs ?? 0) > 29);
  for (let run = 0; run < 40; run += 1) forecast.ran(size, run % 2 === 0 ? 20 : 40);
  const scattered = forecast.of(size);
  assert.ok(Math.abs((scattered?.expectedMs ?? 0) - 30) < 3);
  assert.ok((scattered?.earliestMs ?? 99) < 15, `${scattered?.earliestMs} ms`);
  assert.equal(forecast.of({ rows: 1, cells: 256 })?.expectedMs, 14);
});
