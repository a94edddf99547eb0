import { closeSync, fstatSync, openSync } from 'node:fs';
import { type ByteCursor, protobufFields, TesseraError } from '@tessera/core';
import { fileCursor } from './file-cursor.js';
import type { ByteRange, GraphModel, ModelOperator, StoredTensor, ValueDeclaration } from './graph-model.js';
import { readOperator } from './read-operator.js';
import { readTensor } from './read-tensor.js';
import { readValue } from './read-value.js';

/**
 * Reads an ONNX file's structure: operators, attributes, declarations, and of
 * every tensor its name, type, shape and place. Weights are stepped over, in
 * the file and beside it, so a model of any size takes a few megabytes.
 * @throws TesseraError `failed_precondition` when the file is not an ONNX model.
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto field numbers.
 */
export function readGraphModel(path: string): GraphModel {
  const descriptor = openSync(path, 'r');
  try {
    return readModel(path, fileCursor(descriptor, fstatSync(descriptor).size));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TesseraError('failed_precondition', `model file ${path} is not an ONNX model: ${error.message}`, {
      reason: 'MODEL_UNUSABLE',
      cause: error,
    });
  } finally {
    closeSync(descriptor);
  }
}

/** ir_version = 1, producer_name = 2, producer_version = 3, domain = 4, model_version = 5, opset_import = 8, metadata_props = 14. */
const PREAMBLE = new Set([1, 2, 3, 4, 5, 8, 14]);

/** A ModelProto: PREAMBLE, graph = 7, training_info = 20, functions = 25. */
function readModel(path: string, cursor: ByteCursor): GraphModel {
  const preamble: ByteRange[] = [];
  const opsets = new Map<string, number>();
  const obstacles: string[] = [];
  let graph: Graph | undefined;
  for (const field of protobufFields(cursor, cursor.size)) {
    if (PREAMBLE.has(field.number)) preamble.push({ start: field.start, end: field.end });
    if (field.type !== 'bytes') continue;
    if (field.number === 7) graph = readGraph(cursor, field.end);
    if (field.number === 8) opsets.set(...readOpset(cursor, field.end));
    if (field.number === 20) obstacles.push('holds training graphs');
    if (field.number === 25) obstacles.push('defines functions of its own');
  }
  if (graph === undefined) throw new RangeError('it holds no graph');
  return { path, preamble, opsets, ...graph, obstacles: [...obstacles, ...graph.obstacles] };
}

type Graph = Omit<GraphModel, 'path' | 'opsets' | 'preamble'>;

/** A GraphProto: node = 1, name = 2, initializer = 5, input = 11, output = 12, value_info = 13, sparse_initializer = 15. */
function readGraph(cursor: ByteCursor, end: number): Graph {
  const operators: ModelOperator[] = [];
  const initializers = new Map<string, StoredTensor>();
  const inputs: ValueDeclaration[] = [];
  const outputs: ValueDeclaration[] = [];
  const declarations = new Map<string, ValueDeclaration>();
  const obstacles: string[] = [];
  let name = '';
  for (const field of protobufFields(cursor, end)) {
    if (field.type !== 'bytes') continue;
    if (field.number === 1) operators.push(readOperator(cursor, field));
    if (field.number === 2) name = cursor.readText(field.end - field.body);
    if (field.number === 5) {
      const tensor = readTensor(cursor, field);
      initializers.set(tensor.name, tensor);
    }
    if (field.number === 11) inputs.push(readValue(cursor, field.end));
    if (field.number === 12) outputs.push(readValue(cursor, field.end));
    if (field.number === 13) {
      const value = readValue(cursor, field.end);
      declarations.set(value.name, value);
    }
    if (field.number === 15) obstacles.push('holds sparse weights');
  }
  return {
    name,
    operators,
    initializers,
    inputs: inputs.filter((input) => !initializers.has(input.name)),
    outputs,
    declarations,
    obstacles,
  };
}

/** An OperatorSetIdProto: domain = 1, version = 2. */
function readOpset(cursor: ByteCursor, end: number): [domain: string, version: number] {
  let domain = '';
  let version = 0;
  for (const field of protobufFields(cursor, end)) {
    if (field.type === 'bytes' && field.number === 1) domain = cursor.readText(field.end - field.body);
    if (field.type === 'integer' && field.number === 2) version = field.value;
  }
  return [domain === 'ai.onnx' ? '' : domain, version];
}
