import { type GraphOperator, writeGraph } from '@tessera/onnx';

const SIDE = 512;

/** y = x · m⁽ᵗⁱᵐᵉˢ⁾ over [512, 512]: 0.27 GFLOP for each time, so that a run takes as long as a test needs. */
export function slowGraph(times: number): Uint8Array {
  const operators: GraphOperator[] = Array.from({ length: times }, (_, i) => ({
    type: 'MatMul',
    inputs: [i === 0 ? 'x' : `h${i}`, 'm'],
    outputs: [i === times - 1 ? 'y' : `h${i + 1}`],
  }));
  return writeGraph({
    inputs: [{ name: 'x', type: 'float32', shape: [SIDE, SIDE] }],
    outputs: [{ name: 'y', type: 'float32', shape: [SIDE, SIDE] }],
    operators,
    constants: { m: { shape: [SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(1 / SIDE) } },
  });
}

export function slowGraphInput() {
  return { dtype: 'float32', shape: [SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(1) } as const;
}

/** y = x + x over [count], and the same for int64 and float16 where the type says so. */
export function doublingGraph(type: 'float32' | 'float16' | 'int64' = 'float32'): Uint8Array {
  return writeGraph({
    inputs: [{ name: 'x', type, shape: ['count'] }],
    outputs: [{ name: 'y', type, shape: ['count'] }],
    operators: [{ type: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
    constants: {},
  });
}

/** Passes every check at the border and fails inside for an odd count: [count] as [2, count / 2]. */
export function oddCountFailsGraph(): Uint8Array {
  return writeGraph({
    inputs: [{ name: 'x', type: 'float32', shape: ['count'] }],
    outputs: [{ name: 'y', type: 'float32', shape: [2, 'half'] }],
    operators: [{ type: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] }],
    constants: { shape: { shape: [2], data: BigInt64Array.of(2n, -1n) } },
  });
}
