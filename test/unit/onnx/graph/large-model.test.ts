import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MATRIX_BYTES, sparseModel } from '../../../support/sparse-model.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const PROGRAM = fileURLToPath(import.meta.resolve('./cut-large-model.js'));
/** Less than a hundredth of the weights; reading one matrix alone would take 16 times as much. */
const MOST_KIB = 64 * 1024;

test('a model of 3 GiB beside its graph is cut without its weights in memory', async (t) => {
  using folder = temporaryFolder();
  const model = sparseModel(folder.path);
  const cut = join(folder.path, 'cut');
  mkdirSync(cut);
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, model, cut, 'link']);
  const { weightBytes, grewByKiB } = JSON.parse(stdout) as { weightBytes: number[]; grewByKiB: number };
  t.diagnostic(`peak RSS grew by ${grewByKiB} KiB for ${(3 * MATRIX_BYTES) / 2 ** 30} GiB of weights`);
  assert.deepEqual(
    [...weightBytes].sort((a, b) => a - b),
    [MATRIX_BYTES, 2 * MATRIX_BYTES],
  );
  assert.ok(grewByKiB < MOST_KIB);
  assert.equal(statSync(join(cut, 'weights.bin')).nlink, 2);
});
