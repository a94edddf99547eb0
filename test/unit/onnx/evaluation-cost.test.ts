import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dearestCosts, measureEvaluationCosts } from '@tessera/onnx';

const measure = (runMsOf: (batchSize: number) => number, budgetMs = 10_000) =>
  measureEvaluationCosts({ run: async (batchSize) => runMsOf(batchSize), batchSizes: [1, 2, 4, 8], budgetMs });

test('the table ends where a larger batch gains less than 3 % for an evaluation', async () => {
  const costs = await measure((batchSize) => ({ 1: 14, 2: 24, 4: 47.5, 8: 60 })[batchSize] ?? 0);
  assert.deepEqual(costs, [
    { batchSize: 1, runMs: 14 },
    { batchSize: 2, runMs: 24 },
  ]);
});

test('a network slower than the budget is measured alone', async () => {
  const slow = async (batchSize: number) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return batchSize * 20;
  };
  const costs = await measureEvaluationCosts({ run: slow, batchSizes: [1, 2], budgetMs: 10 });
  assert.deepEqual(costs, [{ batchSize: 1, runMs: 20 }]);
});

test('the best of the runs counts, and the first one warms up', async () => {
  const times = [100, 12, 10];
  const costs = await measure((batchSize) => (batchSize === 1 ? (times.shift() ?? 99) : 1000));
  assert.deepEqual(costs, [{ batchSize: 1, runMs: 10 }]);
});

test('several networks are told by the dearest, where all were measured', () => {
  const table = (...runMs: number[]) => runMs.map((ms, i) => ({ batchSize: 2 ** i, runMs: ms }));
  assert.deepEqual(dearestCosts([table(5, 9, 17), table(7, 8)]), table(7, 9));
  assert.deepEqual(dearestCosts([table(5)]), table(5));
  assert.deepEqual(dearestCosts([]), []);
});
