import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes ONNX files that consist of a border and nothing else: enough for
 * everything that reads a graph's header, and never run.
 */
export interface OnnxBorder {
  readonly inputs: Readonly<Record<string, OnnxTensorType>>;
  readonly outputs: Readonly<Record<string, OnnxTensorType>>;
  readonly initializers?: readonly OnnxInitializer[];
  /** Initializers of a sub-graph in a node's attribute. */
  readonly nestedInitializers?: readonly OnnxInitializer[];
}

export type OnnxTensorType = readonly [
  type: 'float32' | 'float16' | 'float64' | 'int32' | 'int64',
  shape: readonly (number | string)[],
];

export interface OnnxInitializer {
  readonly name: string;
  readonly raw?: Uint8Array;
  /** Keys location, offset, length. */
  readonly external?: Readonly<Record<string, string>>;
}

const TYPE_CODES = { float32: 1, int32: 6, int64: 7, float16: 10, float64: 11 };

export function writeOnnxFile(path: string, border: OnnxBorder): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, onnxBytes(border));
}

export function onnxBytes(border: OnnxBorder): Buffer {
  const subGraph = (border.nestedInitializers ?? []).map((initializer) => message(5, tensorProto(initializer)));
  const node = message(1, message(4, 'If'), message(5, message(1, 'then_branch'), message(6, ...subGraph)));
  const graph = [
    ...(subGraph.length > 0 ? [node] : []),
    message(2, 'graph'),
    ...(border.initializers ?? []).map((initializer) => message(5, tensorProto(initializer))),
    ...Object.entries(border.inputs).map(([name, type]) => message(11, valueInfo(name, type))),
    ...Object.entries(border.outputs).map(([name, type]) => message(12, valueInfo(name, type))),
  ];
  return Buffer.concat([integer(1, 8), message(7, ...graph), OPSET]);
}

/** A graph of one initializer that is a hole of `rawBytes`, and one input after it. */
export function writeOnnxFileWithHole(path: string, rawBytes: number, inputName: string): void {
  const input = message(11, valueInfo(inputName, ['float32', [1]]));
  const raw = Buffer.concat([tag(9), varint(rawBytes)]);
  const initializer = Buffer.concat([tag(5), varint(raw.length + rawBytes), raw]);
  const graph = Buffer.concat([tag(7), varint(initializer.length + rawBytes + input.length), initializer]);
  writeFileSync(path, graph);
  truncateSync(path, graph.length + rawBytes);
  appendFileSync(path, input);
}

function valueInfo(name: string, [type, shape]: OnnxTensorType): Buffer {
  const dimensions = shape.map((axis) => message(1, typeof axis === 'number' ? integer(1, axis) : message(2, axis)));
  const tensorType = message(1, integer(1, TYPE_CODES[type]), message(2, ...dimensions));
  return Buffer.concat([message(1, name), message(2, tensorType)]);
}

function tensorProto({ name, raw, external }: OnnxInitializer): Buffer {
  const entries = Object.entries(external ?? {}).map(([key, value]) => message(13, message(1, key), message(2, value)));
  return Buffer.concat([
    message(8, name),
    ...(raw === undefined ? [] : [message(9, raw)]),
    ...entries,
    ...(external === undefined ? [] : [integer(14, 1)]),
  ]);
}

function message(number: number, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([tag(number), varint(body.length), body]);
}

/** Of a field with a length. */
function tag(number: number): Buffer {
  return varint(number * 8 + 2);
}

function integer(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

const OPSET = message(8, message(1, ''), integer(2, 17));
/** The last bytes of every file written here. */
export const OPSET_FIELD_BYTES = OPSET.length;
