import { writeFileSync } from 'node:fs';

/** An ONNX model in few words: operator sets, domains, text and graph attributes that `writeGraph` does not have. */
export interface ModelSketch {
  readonly opset: number;
  readonly inputs: Readonly<Record<string, SketchType>>;
  readonly outputs: Readonly<Record<string, SketchType>>;
  readonly operators: readonly SketchOperator[];
  readonly constants: Readonly<Record<string, SketchConstant>>;
}

export type SketchType = readonly [type: 'float32' | 'float16' | 'int64', shape: readonly (number | string)[]];

export interface SketchOperator {
  readonly type: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, SketchAttribute>>;
}

export type SketchAttribute = number | readonly number[] | string | { readonly float: number } | SketchBranch | 'graph';

/** What a branch of If runs; it sees the tensors around it. */
export type SketchBranch = Pick<ModelSketch, 'operators' | 'outputs'>;

export interface SketchConstant {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint16Array | BigInt64Array;
  /** Where it lies, if not in the model's own file. */
  readonly external?: { readonly location: string; readonly offset: number; readonly length: number };
}

/** What an attribute is when its value is a graph that nobody runs. */
export const BODY = 'graph';

export function writeModelFile(path: string, sketch: ModelSketch): void {
  writeFileSync(path, modelBytes(sketch));
}

function modelBytes({ opset, inputs, outputs, operators, constants }: ModelSketch): Buffer {
  const graph = [
    ...operators.map((operator) => message(1, ...operatorParts(operator))),
    message(2, 'sketch'),
    ...Object.entries(constants).map(([name, constant]) => message(5, ...constantParts(name, constant))),
    ...Object.entries(inputs).map(([name, type]) => message(11, ...valueParts(name, type))),
    ...Object.entries(outputs).map(([name, type]) => message(12, ...valueParts(name, type))),
  ];
  const microsoft = operators.some(({ domain }) => domain === 'com.microsoft');
  return Buffer.concat([
    integer(1, 8),
    message(7, ...graph),
    message(8, message(1, ''), integer(2, opset)),
    ...(microsoft ? [message(8, message(1, 'com.microsoft'), integer(2, 1))] : []),
  ]);
}

function operatorParts({ type, domain = '', inputs, outputs, attributes = {} }: SketchOperator): Buffer[] {
  return [
    ...inputs.map((name) => message(1, name)),
    ...outputs.map((name) => message(2, name)),
    message(3, `the ${outputs[0]}`),
    message(4, type),
    ...Object.entries(attributes).map(([name, value]) => message(5, message(1, name), ...attributeParts(value))),
    message(7, domain),
  ];
}

function attributeParts(value: SketchAttribute): Buffer[] {
  if (value === BODY) return [message(6, message(2, 'body')), integer(20, 5)];
  if (typeof value === 'number') return [integer(3, value), integer(20, 2)];
  if (typeof value === 'string') return [message(4, value), integer(20, 3)];
  if ('operators' in value) return [message(6, ...branchParts(value)), integer(20, 5)];
  if ('float' in value) return [float(2, value.float), integer(20, 1)];
  return [...value.map((entry) => integer(8, entry)), integer(20, 7)];
}

function branchParts({ operators, outputs }: SketchBranch): Buffer[] {
  return [
    ...operators.map((operator) => message(1, ...operatorParts(operator))),
    message(2, 'branch'),
    ...Object.entries(outputs).map(([name, type]) => message(12, ...valueParts(name, type))),
  ];
}

const TYPE_CODES = { float32: 1, int64: 7, float16: 10 } as const;

function constantParts(name: string, { shape, data, external }: SketchConstant): Buffer[] {
  const type = data instanceof Float32Array ? 'float32' : data instanceof Uint16Array ? 'float16' : 'int64';
  const entries = Object.entries(external ?? {}).map(([key, value]) =>
    message(13, message(1, key), message(2, String(value))),
  );
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return [
    ...shape.map((extent) => integer(1, extent)),
    integer(2, TYPE_CODES[type]),
    message(8, name),
    ...(external === undefined ? [message(9, raw)] : [...entries, integer(14, 1)]),
  ];
}

function valueParts(name: string, [type, shape]: SketchType): Buffer[] {
  const axes = shape.map((axis) => message(1, typeof axis === 'number' ? integer(1, axis) : message(2, axis)));
  return [message(1, name), message(2, message(1, integer(1, TYPE_CODES[type]), message(2, ...axes)))];
}

function message(number: number, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([varint(BigInt(number * 8 + 2)), varint(BigInt(body.length)), body]);
}

function integer(number: number, value: number): Buffer {
  return Buffer.concat([varint(BigInt(number * 8)), varint(BigInt.asUintN(64, BigInt(value)))]);
}

function float(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint(BigInt(number * 8 + 5)), bytes]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
