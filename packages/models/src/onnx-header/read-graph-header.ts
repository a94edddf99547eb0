import { closeSync, fstatSync, openSync } from 'node:fs';
import { type ByteCursor, protobufFields } from '@tessera/core';
import { modelDefect } from '../model-defect.js';
import { fileCursor } from './file-cursor.js';
import type { GraphHeader, TensorHeader } from './graph-header.js';
import { readTensorHeader } from './read-tensor-header.js';
import { WeightLocations } from './weight-locations.js';

/** Sub-graphs (If, Loop) nest; no exporter goes near this. */
const DEEPEST_GRAPH = 16;

/**
 * Reads an ONNX file's inputs, outputs, operator sets and the places of its
 * weights. The weights themselves are stepped over, so a file of any size
 * takes milliseconds and 64 KiB.
 * @param path of the file; @param label how errors name it.
 * @throws TesseraError `failed_precondition` when the file is not an ONNX model.
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto field numbers.
 */
export function readGraphHeader(path: string, label: string = path): GraphHeader {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    return readModel(fileCursor(descriptor, size));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw modelDefect(label, `is not an ONNX model: ${error.message}`, error);
  } finally {
    closeSync(descriptor);
  }
}

/** A ModelProto: graph = 7, opset_import = 8, training_info = 20, functions = 25. */
function readModel(cursor: ByteCursor): GraphHeader {
  const weights = new WeightLocations();
  const opsets: GraphHeader['opsets'][number][] = [];
  let border: GraphBorder | undefined;
  for (const field of protobufFields(cursor, cursor.size)) {
    if (field.type !== 'bytes') continue;
    if (field.number === 7) border = readGraph(cursor, field.end, weights, 0);
    if (field.number === 8) opsets.push(readOpset(cursor, field.end));
    if (field.number === 20) readTrainingGraphs(cursor, field.end, weights);
    if (field.number === 25) readFunction(cursor, field.end, weights);
  }
  if (border === undefined) throw new RangeError('it holds no graph');
  return {
    opsets,
    inputs: border.inputs.filter((input) => !weights.initializerNames.has(input.name)),
    outputs: border.outputs,
    initializerNames: [...weights.initializerNames],
    externalFiles: weights.externalFiles(),
  };
}

interface GraphBorder {
  readonly inputs: readonly TensorHeader[];
  readonly outputs: readonly TensorHeader[];
}

/** A GraphProto: node = 1, initializer = 5, input = 11, output = 12, sparse_initializer = 15. */
function readGraph(cursor: ByteCursor, end: number, weights: WeightLocations, depth: number): GraphBorder {
  if (depth > DEEPEST_GRAPH) throw new RangeError(`sub-graphs nest deeper than ${DEEPEST_GRAPH}`);
  const inputs: TensorHeader[] = [];
  const outputs: TensorHeader[] = [];
  for (const field of protobufFields(cursor, end)) {
    if (field.type !== 'bytes') continue;
    if (field.number === 1) readNode(cursor, field.end, weights, depth);
    if (field.number === 5) {
      const name = weights.readTensor(cursor, field.end);
      if (depth === 0) weights.initializerNames.add(name);
    }
    if (field.number === 11) inputs.push(readTensorHeader(cursor, field.end));
    if (field.number === 12) outputs.push(readTensorHeader(cursor, field.end));
    if (field.number === 15) weights.readSparseTensor(cursor, field.end);
  }
  return { inputs, outputs };
}

/** A NodeProto: attribute = 5. */
function readNode(cursor: ByteCursor, end: number, weights: WeightLocations, depth: number): void {
  for (const field of protobufFields(cursor, end)) {
    if (field.type === 'bytes' && field.number === 5) readAttribute(cursor, field.end, weights, depth);
  }
}

/** An AttributeProto: t = 5, g = 6, tensors = 10, graphs = 11, sparse_tensor = 22, sparse_tensors = 23. */
function readAttribute(cursor: ByteCursor, end: number, weights: WeightLocations, depth: number): void {
  for (const field of protobufFields(cursor, end)) {
    if (field.type !== 'bytes') continue;
    if (field.number === 5 || field.number === 10) weights.readTensor(cursor, field.end);
    if (field.number === 6 || field.number === 11) readGraph(cursor, field.end, weights, depth + 1);
    if (field.number === 22 || field.number === 23) weights.readSparseTensor(cursor, field.end);
  }
}

/** A FunctionProto: node = 7. */
function readFunction(cursor: ByteCursor, end: number, weights: WeightLocations): void {
  for (const field of protobufFields(cursor, end)) {
    if (field.type === 'bytes' && field.number === 7) readNode(cursor, field.end, weights, 0);
  }
}

/** A TrainingInfoProto: initialization = 1, algorithm = 2. */
function readTrainingGraphs(cursor: ByteCursor, end: number, weights: WeightLocations): void {
  for (const field of protobufFields(cursor, end)) {
    if (field.type === 'bytes' && (field.number === 1 || field.number === 2)) readGraph(cursor, field.end, weights, 1);
  }
}

/** An OperatorSetIdProto: domain = 1, version = 2. */
function readOpset(cursor: ByteCursor, end: number): GraphHeader['opsets'][number] {
  let domain = '';
  let version = 0;
  for (const field of protobufFields(cursor, end)) {
    if (field.type === 'bytes' && field.number === 1) domain = cursor.readText(field.length);
    if (field.type === 'integer' && field.number === 2) version = field.value;
  }
  return { domain, version };
}
