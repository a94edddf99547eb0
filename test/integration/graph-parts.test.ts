import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  compareOutputs,
  GraphIndex,
  type NamedTensors,
  planGraphParts,
  readGraphModel,
  runParts,
  writeSubGraph,
} from '@tessera/onnx';
import { repoRoot } from '../support/paths.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { openSession, wave } from '../unit/onnx/graph/sessions.js';

interface Denoiser {
  readonly model: string;
  readonly feeds: NamedTensors;
}

const timestep = (...shape: readonly number[]) => {
  return { dtype: 'float32', shape, data: new Float32Array(shape[0] ?? 1).fill(741) } as const;
};

const DENOISERS: readonly Denoiser[] = [
  {
    model: 'models/emoji',
    feeds: { sample: wave([2, 4, 16, 16]), timestep: timestep(2), encoder_hidden_states: wave([2, 77, 384], 1) },
  },
  {
    model: 'test/fixtures/models/sd-tiny',
    feeds: { sample: wave([2, 4, 16, 16]), timestep: timestep(), encoder_hidden_states: wave([2, 77, 12], 1) },
  },
  {
    model: 'test/fixtures/models/sdxl-tiny',
    feeds: {
      sample: wave([2, 4, 16, 16]),
      timestep: { dtype: 'int64', shape: [], data: BigInt64Array.of(741n) },
      encoder_hidden_states: wave([2, 77, 20], 1),
      text_embeds: wave([2, 14], 2),
      time_ids: {
        dtype: 'float32',
        shape: [2, 6],
        data: Float32Array.of(128, 128, 0, 0, 128, 128, 128, 128, 0, 0, 128, 128),
      },
    },
  },
];

for (const { model, feeds } of DENOISERS) {
  for (const count of [2, 3, 5]) {
    test(`the denoiser of ${model} in ${count} parts is the whole one`, async (t) => {
      using folder = temporaryFolder();
      const path = join(repoRoot, model, 'unet/model.onnx');
      const index = new GraphIndex(readGraphModel(path));
      const shapes = new Map(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
      const plan = planGraphParts(index, count, shapes);
      const parts = [];
      for (const part of plan.parts) {
        const file = join(folder.path, `${part.name}.onnx`);
        await writeSubGraph(part, file);
        const [inputs, outputs] = [part.inputs, part.outputs].map((values) => values.map(({ name }) => name)) as [
          string[],
          string[],
        ];
        parts.push({ inputs, outputs, run: await openSession(file) });
      }
      const whole = await (await openSession(path))(feeds);
      const cut = await runParts(parts, ({ run }, given) => run(given), feeds, ['out_sample']);
      const [difference] = compareOutputs(whole, cut);
      assert.ok(difference);
      t.diagnostic(
        `weights of the parts: ${plan.parts.map(({ weightBytes }) => `${(weightBytes / 1e6).toFixed(2)} MB`).join(', ')}`,
      );
      for (const { bytes, tensors } of plan.crossings) {
        t.diagnostic(
          `${(bytes / 1e3).toFixed(0)} kB in ${tensors.length} tensors cross: ${tensors.map(({ madeBy }) => madeBy).join(', ')}`,
        );
      }
      // Measured with onnxruntime-node 1.30 on x64 at level `all`: none of its CPU fusions changes a bit here. Where
      // one does, the crossings say which operators it can no longer join.
      t.diagnostic(
        `${difference.different} of ${difference.elements} elements differ, by ${difference.largest} at most`,
      );
      assert.ok(difference.largest <= 1e-5);

      const again = await runParts(parts, ({ run }, given) => run(given), feeds, ['out_sample']);
      assert.deepEqual(again, cut, 'equal bits from any run of the same cut');
    });
  }
}
