import { writeGraph } from './graph-writer.js';

/** y = x + x: enough to learn whether a device runs anything. */
export function probeGraph(): Uint8Array<ArrayBuffer> {
  return writeGraph({
    inputs: [{ name: 'x', type: 'float32', shape: [4] }],
    outputs: [{ name: 'y', type: 'float32', shape: [4] }],
    operators: [{ type: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
    constants: {},
  });
}
