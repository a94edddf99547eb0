import assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../support/paths.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startWorker } from '../support/worker-process.js';

const VICTIM = 'vae_decoder/model.onnx';

const DAMAGES: Readonly<Record<string, { readonly file: string; readonly damage: (model: string) => void }>> = {
  'a changed file': {
    file: VICTIM,
    damage: (model) => {
      const bytes = readFileSync(join(model, VICTIM));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(join(model, VICTIM), bytes);
    },
  },
  'a missing file': { file: VICTIM, damage: (model) => rmSync(join(model, VICTIM)) },
  'a link': {
    file: VICTIM,
    damage: (model) => {
      renameSync(join(model, VICTIM), join(model, '../elsewhere.onnx'));
      symlinkSync('../../elsewhere.onnx', join(model, VICTIM));
    },
  },
  'a file too many': { file: 'surprise.bin', damage: (model) => writeFileSync(join(model, 'surprise.bin'), 'x') },
};

for (const [name, { file, damage }] of Object.entries(DAMAGES)) {
  test(`${name} in the model ends the worker with 2 and is told by its name`, async () => {
    using folder = temporaryFolder();
    const model = join(folder.path, 'emoji');
    cpSync(join(repoRoot, 'models/emoji'), model, { recursive: true });
    damage(model);
    await using worker = await startWorker('decoder', { model });
    assert.equal(await worker.ended, 2);
    assert.ok(worker.said().includes(file), worker.said());
  });
}

test('a device that was named and is missing ends the worker with 3', async () => {
  await using worker = await startWorker('denoiser', { args: ['--device', 'cuda:0'] });
  assert.equal(await worker.ended, 3);
  assert.match(worker.said(), /cuda:0/);
});

test('an unknown device ends the worker with 2', async () => {
  await using worker = await startWorker('denoiser', { args: ['--device', 'tpu'] });
  assert.equal(await worker.ended, 2);
  assert.match(worker.said(), /device must be/);
});
