/** What an ONNX file says of itself before its weights. */
export interface GraphHeader {
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  /** What a run must feed: the graph's inputs without its initializers. */
  readonly inputs: readonly TensorHeader[];
  readonly outputs: readonly TensorHeader[];
  readonly initializerNames: readonly string[];
  /** Files beside the graph that hold weights, each as the graph spells it, sorted. */
  readonly externalFiles: readonly ExternalFile[];
}

export interface TensorHeader {
  readonly name: string;
  readonly elementType: ElementType;
  /** A number is fixed at export, a string the name of a free axis. `undefined`: the graph does not say its rank. */
  readonly shape: readonly (number | string)[] | undefined;
}

export interface ExternalFile {
  readonly location: string;
  /** The least size that holds every tensor the graph places in it. */
  readonly bytes: number;
}

/** onnx.TensorProto.DataType; `other` is a type no diffusion graph has at its border. */
export type ElementType =
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'string'
  | 'other';

const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
};

export function elementTypeFromOnnx(code: number): ElementType {
  return ELEMENT_TYPES[code] ?? 'other';
}
