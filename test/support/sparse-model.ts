import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { writeModelFile } from '../unit/onnx/graph/model-file.js';

const SIDE = 16384;

/** Of one of its matrices. */
export const MATRIX_BYTES = SIDE * SIDE * 4;

/** A model of three matrices, 3 GiB, of nothing but zeros that take no room on the disk. @returns its path. */
export function sparseModel(folder: string): string {
  const model = join(folder, 'model.onnx');
  const zeros = openSync(join(folder, 'weights.bin'), 'w');
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
  return model;
}
