import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { bytesField, messageField, stringField, varintField } from '../protobuf-writer.js';
import { onnxFromElementType } from './element-type.js';
import { externalPath, linkWeights } from './external-weights.js';
import { fieldOfPieces, type Piece, writePieces } from './file-pieces.js';
import type { StoredTensor, ValueDeclaration } from './graph-model.js';
import { operatorPieces } from './operator-pieces.js';
import type { MadeConstant, SubGraph } from './sub-graph.js';

export interface WriteOptions {
  /**
   * Of weights that lie beside the model: `link` (the default) shares the
   * model's own files and falls back to copying where the file system has no
   * hard links; `copy` writes a file of exactly what the part needs.
   */
  readonly weights?: 'link' | 'copy';
}

/** Large tensors begin on a page, which can be mapped as it is; small ones only need whole vectors. */
const LARGE_BYTES = 2 ** 20;
const PAGE_BYTES = 4096;
const VECTOR_BYTES = 64;

/**
 * Writes a part as a model file. Weights inside the model's file are copied
 * into the part, streaming; weights beside it as `options` say.
 * @param path of the file; its folder is made.
 */
export async function writeSubGraph(sub: SubGraph, path: string, options: WriteOptions = {}): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const external = sub.initializers.filter(({ place }) => place.type === 'external');
  const isShared = options.weights !== 'copy' && (await linkWeights(sub.model, external, folder));
  if (isShared || external.length === 0) {
    await writePieces(
      path,
      modelPieces(sub, (tensor) => storedPiece(sub, tensor)),
    );
    return;
  }
  const copied = placeCopies(external);
  const location = `${basename(path)}.weights`;
  await writePieces(`${path}.weights`, copiedWeights(sub, copied));
  await writePieces(
    path,
    modelPieces(sub, (tensor) => {
      const offset = copied.get(tensor);
      return offset === undefined
        ? storedPiece(sub, tensor)
        : messageField(5, externalTensor(tensor, location, offset));
    }),
  );
}

/** A ModelProto: the model's preamble, graph = 7 {node = 1, name = 2, initializer = 5, input = 11, output = 12}. */
function modelPieces(sub: SubGraph, tensorPiece: (tensor: StoredTensor) => Piece): readonly Piece[] {
  const { model } = sub;
  return [
    ...model.preamble.map((range) => ({ path: model.path, ...range })),
    ...fieldOfPieces(7, [
      ...sub.operators.flatMap((operator) => operatorPieces(model, operator)),
      stringField(2, sub.name),
      ...sub.initializers.map(tensorPiece),
      ...sub.madeConstants.map((constant) => messageField(5, madeTensor(constant))),
      ...sub.inputs.map((value) => messageField(11, valueFields(value))),
      ...sub.outputs.map((value) => messageField(12, valueFields(value))),
    ]),
  ];
}

function storedPiece({ model }: SubGraph, { stored }: StoredTensor): Piece {
  return { path: model.path, ...stored };
}

function placeCopies(tensors: readonly StoredTensor[]): ReadonlyMap<StoredTensor, number> {
  const offsets = new Map<StoredTensor, number>();
  let end = 0;
  for (const tensor of tensors) {
    const alignment = externalLength(tensor) < LARGE_BYTES ? VECTOR_BYTES : PAGE_BYTES;
    const offset = Math.ceil(end / alignment) * alignment;
    offsets.set(tensor, offset);
    end = offset + externalLength(tensor);
  }
  return offsets;
}

function* copiedWeights({ model }: SubGraph, offsets: ReadonlyMap<StoredTensor, number>): Generator<Piece> {
  let written = 0;
  for (const [tensor, offset] of offsets) {
    if (tensor.place.type !== 'external') continue;
    if (offset > written) yield new Uint8Array(offset - written);
    const { location, offset: start, length } = tensor.place;
    yield { path: externalPath(model, location), start, end: start + length };
    written = offset + length;
  }
}

function externalLength({ place }: StoredTensor): number {
  return place.type === 'external' ? place.length : 0;
}

/** A TensorProto: dims = 1, data_type = 2, name = 8, external_data = 13 {key = 1, value = 2}, data_location = 14 (1: external). */
function externalTensor(tensor: StoredTensor, location: string, offset: number): Uint8Array[] {
  const entries = { location, offset: String(offset), length: String(externalLength(tensor)) };
  return [
    ...tensor.shape.map((extent) => varintField(1, extent)),
    varintField(2, onnxFromElementType(tensor.elementType)),
    stringField(8, tensor.name),
    ...Object.entries(entries).map(([key, value]) => messageField(13, [stringField(1, key), stringField(2, value)])),
    varintField(14, 1),
  ];
}

/** A TensorProto: dims = 1, data_type = 2, name = 8, raw_data = 9. */
function madeTensor({ name, shape, data }: MadeConstant): Uint8Array[] {
  return [
    ...shape.map((extent) => varintField(1, extent)),
    varintField(2, onnxFromElementType(data instanceof Float32Array ? 'float32' : 'int64')),
    stringField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ];
}

/** A ValueInfoProto: name = 1, type = 2 {tensor_type = 1 {elem_type = 1, shape = 2 {dim = 1 {dim_value = 1, dim_param = 2}}}}. */
function valueFields({ name, elementType, shape }: ValueDeclaration): Uint8Array[] {
  const extents = shape?.map((extent) => messageField(1, axisFields(extent)));
  const shapeFields = extents === undefined ? [] : [messageField(2, extents)];
  const tensorType = messageField(1, [varintField(1, onnxFromElementType(elementType)), ...shapeFields]);
  return [stringField(1, name), messageField(2, [tensorType])];
}

function axisFields(extent: number | string): Uint8Array[] {
  if (typeof extent === 'number') return [varintField(1, extent)];
  return extent === '' ? [] : [stringField(2, extent)];
}
