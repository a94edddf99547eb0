import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { float32FromTyped, startExecutor, type TypedTensor } from '@tessera/onnx';
import { repoRoot } from '../support/paths.js';
import { wave } from '../support/predict-client.js';

const executors = await Promise.all([1, 2].map((threads) => startExecutor({ device: 'cpu', threads })));
after(() => Promise.all(executors.map((executor) => executor.close())));

const SHAPES = { sample: [4, 16, 16], timestep: [], encoder_hidden_states: [32, 384] } as const;

/** Rows that differ in everything, timesteps too. */
function rowsFrom(first: number, count: number): Record<string, TypedTensor> {
  return Object.fromEntries(
    Object.entries(SHAPES).map(([name, shape]) => {
      const rows = Array.from({ length: count }, (_, i) =>
        name === 'timestep' ? [100 * (first + i) + 7] : [...wave(shape, first + i).data],
      );
      return [name, { dtype: 'float32', shape: [count, ...shape], data: Float32Array.from(rows.flat()) }];
    }),
  );
}

test('a row of a batch of the built-in denoiser has the bits that it has alone, for any number of threads', async () => {
  const alone: Float32Array[][] = [];
  for (const executor of executors) {
    const network = await executor.load(join(repoRoot, 'models/emoji/unet/model.onnx'));
    const run = async (feeds: Record<string, TypedTensor>) => {
      const { outputs } = await executor.run(network, feeds);
      return float32FromTyped(outputs.out_sample as TypedTensor);
    };
    const single: Float32Array[] = [];
    for (let row = 0; row < 8; row++) single.push(await run(rowsFrom(row, 1)));
    for (const batch of [2, 3, 8]) {
      const together = await run(rowsFrom(0, batch));
      for (let row = 0; row < batch; row++) {
        assert.deepEqual(together.subarray(row * 1024, (row + 1) * 1024), single[row], `row ${row} of ${batch}`);
      }
    }
    alone.push(single);
  }
  assert.deepEqual(alone[0], alone[1]);
});
