import { bytesField, floatField, stringField, varintField } from '../protobuf-writer.js';
import { fieldOfPieces, type Piece } from './file-pieces.js';
import type { AttributeValue, GraphModel, ModelOperator, OperatorAttribute } from './graph-model.js';

/** onnx.AttributeProto.AttributeType */
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const INTS = 7;

const utf8 = new TextEncoder();

/**
 * The field of a graph that holds an operator, as it stands in the model or put
 * together: node = 1 {input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7}.
 */
export function operatorPieces(model: GraphModel, operator: ModelOperator): readonly Piece[] {
  if (operator.stored !== undefined) return [{ path: model.path, ...operator.stored }];
  return fieldOfPieces(1, [
    ...operator.inputs.map((name) => stringField(1, name)),
    ...operator.outputs.map((name) => stringField(2, name)),
    stringField(3, operator.name),
    stringField(4, operator.type),
    ...[...operator.attributes].flatMap(([name, attribute]) => attributePieces(model, name, attribute)),
    stringField(7, operator.domain),
  ]);
}

/** attribute = 5 {name = 1, f = 2, i = 3, s = 4, ints = 8, type = 20}. */
function attributePieces(model: GraphModel, name: string, { value, stored }: OperatorAttribute): readonly Piece[] {
  if (stored !== undefined) return [{ path: model.path, ...stored }];
  return fieldOfPieces(5, [stringField(1, name), ...valueFields(name, value)]);
}

function valueFields(name: string, value: AttributeValue): readonly Uint8Array[] {
  if (value.type === 'int') return [varintField(3, value.value), varintField(20, INT)];
  if (value.type === 'float') return [floatField(2, value.value), varintField(20, FLOAT)];
  if (value.type === 'text') return [bytesField(4, utf8.encode(value.value)), varintField(20, STRING)];
  if (value.type === 'ints') return [...value.value.map((entry) => varintField(8, entry)), varintField(20, INTS)];
  throw new RangeError(`attribute ${name} of type ${value.type} can only be repeated as stored`);
}
