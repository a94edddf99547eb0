import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { writeModelFile } from './model-file.js';

const SIDE = 16384;
const MATRIX_BYTES = SIDE * SIDE * 4;
const PROGRAM = fileURLToPath(import.meta.resolve('./cut-large-model.js'));
/** Less than a hundredth of the weights; reading one matrix alone would take 16 times as much. */
const MOST_KIB = 64 * 1024;

test('a model of 3 GiB beside its graph is cut without its weights in memory', async (t) => {
  using folder = temporaryFolder();
  const model = join(folder.path, 'model.onnx');
  const zeros = openSync(join(folder.path, 'weights.bin'), 'w');
  ftruncateSync(zeros, 3 * MATRIX_BYTES);
  closeSync(zeros);
  const matrix = (i: number) => ({
    shape: [SIDE, SIDE],
    data: new Float32Array(0),
    external: { location: 'weights.bin', offset: i * MATRIX_BYTES, length: MATRIX_BYTES },
  });
  writeModelFile(model, {
    opset: 17,
    inputs: { x: ['float32', ['batch', SIDE]] },
    outputs: { y: ['float32', ['batch', SIDE]] },
    operators: [0, 1, 2].map((i) => ({
      type: 'MatMul',
      inputs: [i === 0 ? 'x' : `h${i}`, `w${i}`],
      outputs: [i === 2 ? 'y' : `h${i + 1}`],
    })),
    constants: { w0: matrix(0), w1: matrix(1), w2: matrix(2) },
  });
  const cut = join(folder.path, 'cut');
  mkdirSync(cut);
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, model, cut]);
  const { weightBytes, grewByKiB } = JSON.parse(stdout) as { weightBytes: number[]; grewByKiB: number };
  t.diagnostic(`peak RSS grew by ${grewByKiB} KiB for ${(3 * MATRIX_BYTES) / 2 ** 30} GiB of weights`);
  assert.deepEqual(
    [...weightBytes].sort((a, b) => a - b),
    [MATRIX_BYTES, 2 * MATRIX_BYTES],
  );
  assert.ok(grewByKiB < MOST_KIB);
  assert.equal(statSync(join(cut, 'weights.bin')).nlink, 2);
});
