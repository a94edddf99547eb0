import {
  bytesField,
  concatBytes,
  floatField,
  messageField,
  type ProtobufField,
  stringField,
  varintField,
} from './protobuf-writer.js';

/** An ONNX graph as plain values: enough for probes, the numeric class, and tests. */
export interface GraphDescription {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly operators: readonly GraphOperator[];
  /** Weights and constants by name. */
  readonly constants: Readonly<Record<string, GraphConstant>>;
}

export interface GraphValue {
  readonly name: string;
  readonly type: GraphElementType;
  /** A name is an extent that the graph leaves open. */
  readonly shape: readonly (number | string)[];
}

export type GraphElementType = keyof typeof ELEMENT_TYPE;

export interface GraphOperator {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers are INT, lists of them INTS, `{ float }` FLOAT. */
  readonly attributes?: Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;
}

export interface GraphConstant {
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** onnx.TensorProto.DataType */
const ELEMENT_TYPE = { float32: 1, uint8: 2, int32: 6, int64: 7, float16: 10 } as const;

/** onnx.AttributeProto.AttributeType */
const ATTRIBUTE_TYPE = { FLOAT: 1, INT: 2, INTS: 7 } as const;

const IR_VERSION = 8;
const OPSET = 17;

/** A model file (onnx.ModelProto, opset 17), as `Executor.load` takes it. */
export function writeGraph(graph: GraphDescription): Uint8Array<ArrayBuffer> {
  return concatBytes([
    varintField(1, IR_VERSION),
    messageField(8, [varintField(2, OPSET)]),
    messageField(7, [
      ...graph.operators.map((operator) => messageField(1, operatorFields(operator))),
      stringField(2, 'tessera'),
      ...Object.entries(graph.constants).map(([name, constant]) => messageField(5, constantFields(name, constant))),
      ...graph.inputs.map((value) => messageField(11, valueFields(value))),
      ...graph.outputs.map((value) => messageField(12, valueFields(value))),
    ]),
  ]);
}

function operatorFields({ type, inputs, outputs, attributes = {} }: GraphOperator): ProtobufField[] {
  return [
    ...inputs.map((name) => stringField(1, name)),
    ...outputs.map((name) => stringField(2, name)),
    stringField(4, type),
    ...Object.entries(attributes).map(([name, value]) =>
      messageField(5, [stringField(1, name), ...attributeFields(value)]),
    ),
  ];
}

function attributeFields(value: number | readonly number[] | { readonly float: number }): ProtobufField[] {
  if (typeof value === 'number') return [varintField(3, value), varintField(20, ATTRIBUTE_TYPE.INT)];
  if ('float' in value) return [floatField(2, value.float), varintField(20, ATTRIBUTE_TYPE.FLOAT)];
  return [...value.map((entry) => varintField(8, entry)), varintField(20, ATTRIBUTE_TYPE.INTS)];
}

function constantFields(name: string, { shape, data }: GraphConstant): ProtobufField[] {
  const type = data instanceof Float32Array ? ELEMENT_TYPE.float32 : ELEMENT_TYPE.int64;
  return [
    ...shape.map((extent) => varintField(1, extent)),
    varintField(2, type),
    stringField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ];
}

function valueFields({ name, type, shape }: GraphValue): ProtobufField[] {
  const extents = shape.map((extent) =>
    messageField(1, [typeof extent === 'number' ? varintField(1, extent) : stringField(2, extent)]),
  );
  const tensorType = [varintField(1, ELEMENT_TYPE[type]), messageField(2, extents)];
  return [stringField(1, name), messageField(2, [messageField(1, tensorType)])];
}
