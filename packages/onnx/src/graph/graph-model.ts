import type { ElementType } from './element-type.js';

/** Bytes of the model's file, from `start` up to `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** An ONNX model without its weights: where they lie is known, none is read. */
export interface GraphModel {
  readonly path: string;
  /** Of each operator domain; '' is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Fields outside the graph that a part of the model repeats as they are: IR version, producer, operator sets, metadata. */
  readonly preamble: readonly ByteRange[];
  readonly name: string;
  /** In file order. */
  readonly operators: readonly ModelOperator[];
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  /** What a run must feed: the graph's inputs without its initializers. */
  readonly inputs: readonly ValueDeclaration[];
  readonly outputs: readonly ValueDeclaration[];
  /** What the file says of tensors inside the graph. */
  readonly declarations: ReadonlyMap<string, ValueDeclaration>;
  /** Parts of the format that stand in the way of a cut, in words. */
  readonly obstacles: readonly string[];
}

export interface ModelOperator {
  /** As exported; may be empty. */
  readonly name: string;
  readonly type: string;
  /** '' is ONNX's own. */
  readonly domain: string;
  /** '' is an input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OperatorAttribute>;
  /** The field in the model's file, with its tag; absent for an operator that was made or changed here. */
  readonly stored?: ByteRange;
}

export interface OperatorAttribute {
  readonly value: AttributeValue;
  /** The field in the model's file, with its tag. */
  readonly stored?: ByteRange;
}

export type AttributeValue =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'tensor'; readonly value: StoredTensor }
  /** The body of If, Loop or Scan. */
  | { readonly type: 'graph' }
  /** Kept as bytes only. */
  | { readonly type: 'other' };

/** A tensor in the model's file, or beside it. */
export interface StoredTensor {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  /** Of its elements once loaded. */
  readonly bytes: number;
  /** The field in the model's file, with its tag. */
  readonly stored: ByteRange;
  /** Its elements: a range of the model's file, a range of a file beside it, or typed numbers inside the TensorProto. */
  readonly place:
    | ({ readonly type: 'raw' } & ByteRange)
    | { readonly type: 'external'; readonly location: string; readonly offset: number; readonly length: number }
    | { readonly type: 'typed' };
}

export interface ValueDeclaration {
  readonly name: string;
  readonly elementType: ElementType;
  /** A number is fixed, a string the name of a free axis ('' unnamed). Undefined: not even the rank is said. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** How messages name an operator. */
export function operatorLabel({ name, type, outputs }: ModelOperator): string {
  return name === '' ? `${type} (→ ${outputs.find((output) => output !== '') ?? 'nothing'})` : `${name} (${type})`;
}
