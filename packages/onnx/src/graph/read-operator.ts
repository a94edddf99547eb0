import { type ByteCursor, protobufFields, readFloats, readIntegers } from '@tessera/core';
import type { AttributeValue, ByteRange, ModelOperator, OperatorAttribute } from './graph-model.js';
import { readTensor } from './read-tensor.js';

/**
 * A NodeProto: input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7.
 * @param field the NodeProto with its tag; the cursor stands after the tag.
 */
export function readOperator(cursor: ByteCursor, { start, end }: ByteRange): ModelOperator {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OperatorAttribute>();
  let name = '';
  let type = '';
  let domain = '';
  for (const field of protobufFields(cursor, end)) {
    if (field.type !== 'bytes') continue;
    const length = field.end - field.body;
    if (field.number === 1) inputs.push(cursor.readText(length));
    if (field.number === 2) outputs.push(cursor.readText(length));
    if (field.number === 3) name = cursor.readText(length);
    if (field.number === 4) type = cursor.readText(length);
    if (field.number === 5) attributes.set(...readAttribute(cursor, field));
    if (field.number === 7) domain = cursor.readText(length);
  }
  // 'ai.onnx' is the long spelling of ONNX's own domain.
  return {
    name,
    type,
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs,
    outputs,
    attributes,
    stored: { start, end },
  };
}

/**
 * An AttributeProto: name = 1, f = 2, i = 3, s = 4, t = 5, g = 6, floats = 7,
 * ints = 8, graphs = 11, type = 20.
 */
function readAttribute(cursor: ByteCursor, { start, end }: ByteRange): [name: string, attribute: OperatorAttribute] {
  const floats: number[] = [];
  const ints: number[] = [];
  let name = '';
  let type = 0;
  let single: AttributeValue | undefined;
  for (const field of protobufFields(cursor, end)) {
    if (field.number === 7) floats.push(...readFloats(cursor, field));
    if (field.number === 8) ints.push(...readIntegers(cursor, field));
    if (field.number === 2 && field.type === 'fixed32') single = { type: 'float', value: cursor.readFloat32() };
    if (field.number === 3 && field.type === 'integer') single = { type: 'int', value: field.value };
    if (field.number === 20 && field.type === 'integer') type = field.value;
    if (field.type !== 'bytes') continue;
    if (field.number === 1) name = cursor.readText(field.end - field.body);
    if (field.number === 4) single = { type: 'text', value: cursor.readText(field.end - field.body) };
    if (field.number === 5) single = { type: 'tensor', value: readTensor(cursor, field) };
    if (field.number === 6 || field.number === 11) single = { type: 'graph' };
  }
  return [name, { value: single ?? valueOfType(type, ints, floats), stored: { start, end } }];
}

/** onnx.AttributeProto.AttributeType. Writers leave out a zero and an empty list. */
function valueOfType(type: number, ints: readonly number[], floats: readonly number[]): AttributeValue {
  if (type === 7 || ints.length > 0) return { type: 'ints', value: ints };
  if (type === 6 || floats.length > 0) return { type: 'floats', value: floats };
  if (type === 1) return { type: 'float', value: 0 };
  if (type === 2) return { type: 'int', value: 0 };
  if (type === 3) return { type: 'text', value: '' };
  return { type: 'other' };
}
