import type { NetworkFloat } from '@tessera/core';
import { modelDefect } from '../model-defect.js';
import type { GraphHeader, TensorHeader } from '../onnx-header/graph-header.js';

/** @throws TesseraError when the tensor is neither float32 nor float16. */
export function networkFloat(graphPath: string, tensor: TensorHeader): NetworkFloat {
  if (tensor.elementType === 'float32' || tensor.elementType === 'float16') return tensor.elementType;
  throw modelDefect(graphPath, `has ${tensor.name} of type ${tensor.elementType}; float32 and float16 are served`);
}

/** The extent of an axis when it was fixed at export. */
export function fixedExtent(tensor: TensorHeader, axis: number): number | undefined {
  const extent = tensor.shape?.[axis];
  return typeof extent === 'number' ? extent : undefined;
}

/** @throws TesseraError unless the graph has the rank asked for, or does not say its rank. */
export function assertRank(graphPath: string, tensor: TensorHeader, rank: number): void {
  if (tensor.shape !== undefined && tensor.shape.length !== rank) {
    throw modelDefect(graphPath, `has ${tensor.name} of rank ${tensor.shape.length}; ${rank} is expected`);
  }
}

export interface FixedExtents {
  readonly fixedBatch?: number;
  readonly fixedSize?: { readonly width: number; readonly height: number };
}

/** What an export fixed of a [batch, channels, height, width] input. */
export function fixedExtents(graphPath: string, tensor: TensorHeader): FixedExtents {
  assertRank(graphPath, tensor, 4);
  const batch = fixedExtent(tensor, 0);
  const height = fixedExtent(tensor, 2);
  const width = fixedExtent(tensor, 3);
  if ((height === undefined) !== (width === undefined)) {
    throw modelDefect(graphPath, `has ${tensor.name} with only one of height and width fixed`);
  }
  return {
    ...(batch === undefined ? {} : { fixedBatch: batch }),
    ...(height === undefined || width === undefined ? {} : { fixedSize: { width, height } }),
  };
}

/** @throws TesseraError unless the graph has exactly one input. */
export function onlyInput(graphPath: string, header: GraphHeader): TensorHeader {
  const [input, ...others] = header.inputs;
  if (input === undefined || others.length > 0) {
    throw modelDefect(graphPath, `has the inputs ${names(header.inputs)}; one is expected`);
  }
  return input;
}

export function names(tensors: readonly TensorHeader[]): string {
  return tensors.length === 0 ? 'none' : tensors.map((tensor) => tensor.name).join(', ');
}
