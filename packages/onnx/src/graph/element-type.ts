/** onnx.TensorProto.DataType; `other` is a type no diffusion graph holds. */
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

const CODES: readonly (readonly [code: number, type: ElementType, bytes: number])[] = [
  [1, 'float32', 4],
  [2, 'uint8', 1],
  [3, 'int8', 1],
  [4, 'uint16', 2],
  [5, 'int16', 2],
  [6, 'int32', 4],
  [7, 'int64', 8],
  [8, 'string', 0],
  [9, 'bool', 1],
  [10, 'float16', 2],
  [11, 'float64', 8],
  [12, 'uint32', 4],
  [13, 'uint64', 8],
  [16, 'bfloat16', 2],
];

const TYPES = new Map(CODES.map(([code, type]) => [code, type]));
const ONNX_CODES = new Map(CODES.map(([code, type]) => [type, code]));
const BYTES = new Map(CODES.map(([, type, bytes]) => [type, bytes]));

export function elementTypeFromOnnx(code: number): ElementType {
  return TYPES.get(code) ?? 'other';
}

/** @throws RangeError for `other`. */
export function onnxFromElementType(type: ElementType): number {
  const code = ONNX_CODES.get(type);
  if (code === undefined) throw new RangeError(`no ONNX code for ${type}`);
  return code;
}

/** Bytes of one element; 0 where it has no fixed size. */
export function elementBytes(type: ElementType): number {
  return BYTES.get(type) ?? 0;
}
