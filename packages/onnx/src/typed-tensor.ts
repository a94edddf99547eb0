/** The element types that cross the border of a network. float16 travels as its 16 bits. */
export type TypedTensor =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'float16'; readonly shape: readonly number[]; readonly data: Uint16Array }
  | { readonly dtype: 'int64'; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly dtype: 'int32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array };

export type NetworkDataType = TypedTensor['dtype'];

/** What a graph declares of one input or output. */
export interface NetworkValue {
  readonly name: string;
  /** As ONNX Runtime spells it; one of NetworkDataType for everything this package can feed. */
  readonly type: string;
  /** A number where the graph fixes the extent, a name where it does not. [] for a scalar. */
  readonly shape: readonly (number | string)[];
}
