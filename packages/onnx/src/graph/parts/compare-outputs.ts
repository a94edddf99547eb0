import { decodeFloat16 } from '../../float16.js';
import type { TypedTensor } from '../../typed-tensor.js';
import type { NamedTensors } from './run-parts.js';

/** How a cut graph's output stands to the whole one's. */
export interface OutputDifference {
  readonly name: string;
  readonly elements: number;
  /** Elements that are not equal; 0 when all bits that matter are (−0 equals 0). */
  readonly different: number;
  readonly largest: number;
}

/** @throws RangeError when an output is missing or has another shape or type. */
export function compareOutputs(whole: NamedTensors, cut: NamedTensors): readonly OutputDifference[] {
  return Object.entries(whole).map(([name, expected]) => {
    const actual = cut[name];
    if (actual === undefined || actual.dtype !== expected.dtype || String(actual.shape) !== String(expected.shape)) {
      throw new RangeError(`${name} is ${actual?.dtype} [${actual?.shape}], not ${expected.dtype} [${expected.shape}]`);
    }
    const [a, b] = [numbers(expected), numbers(actual)];
    let different = 0;
    let largest = 0;
    for (let i = 0; i < a.length; i++) {
      const distance = Math.abs(Number(a[i]) - Number(b[i]));
      if (distance === 0) continue;
      different += 1;
      largest = Math.max(largest, distance);
    }
    return { name, elements: a.length, different, largest };
  });
}

function numbers(tensor: TypedTensor): ArrayLike<number | bigint> {
  return tensor.dtype === 'float16' ? decodeFloat16(tensor.data) : tensor.data;
}
