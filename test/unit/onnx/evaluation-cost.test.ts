import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dearestCosts, measureEvaluationCosts } from '@tessera/onnx';

const measure = (runMsOf: (batchSize: number) => number, budgetMs = 10_000) =>
  measureEvaluationCosts({ run: async (batchSize) => runMsOf(batchSize), batchSizes: [1, 2, 4, 8], budgetMs });

test('the table ends with the smallest batch that comes within 3 % of the cheapest evaluation', async () => {
  const gains = await measure((batchSize) => ({ 1: 14, 2: 24, 4: 41, 8: 80 })[batchSize] ?? 0);
  assert.deepEqual(gains, [
    { batchSize: 1, runMs: 14 },
    { batchSize: 2, runMs: 24 },
    { batchSize: 4, runMs: 41 },
  ]);
  assert.deepEqual(await measure((batchSize) => 14 * batchSize), [{ batchSize: 1, runMs: 14 }]);
});

test('noise ends nothing: the best of samples taken in turn counts, and a dear size in the middle is passed over', async () => {
  const taken: number[] = [];
  // While the first samples are taken the machine is busy, and for some sizes longer.
  const noisy = await measure((batchSize) => {
    taken.push(batchSize);
    const earlier = taken.filter((size) => size === batchSize).length;
    const quietMs = 10 + 8 * batchSize;
    return earlier <= (batchSize < 4 ? 2 : 3) ? 1.4 * quietMs : quietMs;
  });
  assert.deepEqual(
    noisy.map(({ runMs }) => runMs),
    [18, 26, 42, 74],
  );
  const dearFour = await measure((batchSize) => ({ 1: 14, 2: 24, 4: 60, 8: 80 })[batchSize] ?? 0);
  assert.deepEqual(
    dearFour.map(({ batchSize }) => batchSize),
    [1, 2, 4, 8],
  );
});

test('after two sizes in a row without gain, or one that the device has no room for, no larger one is tried', async () => {
  const tried = async (runMsOf: (batchSize: number) => number | undefined) => {
    const sizes = new Set<number>();
    const run = async (batchSize: number) => {
      sizes.add(batchSize);
      return runMsOf(batchSize);
    };
    await measureEvaluationCosts({ run, batchSizes: [1, 2, 4, 8], budgetMs: 10_000 });
    return [...sizes];
  };
  assert.deepEqual(await tried((batchSize) => 14 * batchSize), [1, 2, 4]);
  assert.deepEqual(await tried((batchSize) => (batchSize > 2 ? undefined : 10 * batchSize)), [1, 2, 4]);
});

test('a network slower than the budget is measured alone, and once', async () => {
  let runs = 0;
  const slow = async (batchSize: number) => {
    runs += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return batchSize * 20;
  };
  const costs = await measureEvaluationCosts({ run: slow, batchSizes: [1, 2], budgetMs: 10 });
  assert.deepEqual(costs, [{ batchSize: 1, runMs: 20 }]);
  assert.equal(runs, 1);
});

test('several networks are told by the dearest, where all were measured', () => {
  const table = (...runMs: number[]) => runMs.map((ms, i) => ({ batchSize: 2 ** i, runMs: ms }));
  assert.deepEqual(dearestCosts([table(5, 9, 17), table(7, 8)]), table(7, 9));
  assert.deepEqual(dearestCosts([table(5)]), table(5));
  assert.deepEqual(dearestCosts([]), []);
});
