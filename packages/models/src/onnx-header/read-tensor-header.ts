import { type ByteCursor, protobufFields } from '@tessera/core';
import { type ElementType, elementTypeFromOnnx, type TensorHeader } from './graph-header.js';

/** A ValueInfoProto: name = 1, type = 2. */
export function readTensorHeader(cursor: ByteCursor, end: number): TensorHeader {
  let name = '';
  let type: TensorType = { elementType: 'other', shape: undefined };
  for (const field of protobufFields(cursor, end)) {
    if (field.type !== 'bytes') continue;
    if (field.number === 1) name = cursor.readText(field.length);
    if (field.number === 2) type = readType(cursor, field.end);
  }
  return { name, ...type };
}

type TensorType = Omit<TensorHeader, 'name'>;

/** A TypeProto: tensor_type = 1 {elem_type = 1, shape = 2}; sequences, maps and optionals are `other`. */
function readType(cursor: ByteCursor, end: number): TensorType {
  let elementType: ElementType = 'other';
  let shape: TensorHeader['shape'];
  for (const field of protobufFields(cursor, end)) {
    if (field.type !== 'bytes' || field.number !== 1) continue;
    for (const part of protobufFields(cursor, field.end)) {
      if (part.type === 'integer' && part.number === 1) elementType = elementTypeFromOnnx(part.value);
      if (part.type === 'bytes' && part.number === 2) shape = readShape(cursor, part.end);
    }
  }
  return { elementType, shape };
}

/** A TensorShapeProto: dim = 1 {dim_value = 1, dim_param = 2}. */
function readShape(cursor: ByteCursor, end: number): readonly (number | string)[] {
  const shape: (number | string)[] = [];
  for (const field of protobufFields(cursor, end)) {
    if (field.type !== 'bytes' || field.number !== 1) continue;
    let axis: number | string = '';
    for (const part of protobufFields(cursor, field.end)) {
      // A negative extent is how some exporters write a free axis.
      if (part.type === 'integer' && part.number === 1 && part.value >= 0) axis = part.value;
      if (part.type === 'bytes' && part.number === 2) axis = cursor.readText(part.length);
    }
    shape.push(axis);
  }
  return shape;
}
