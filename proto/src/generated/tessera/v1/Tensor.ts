// Original file: proto/tessera/v1/tensor.proto

import type { DataType as _tessera_v1_DataType, DataType__Output as _tessera_v1_DataType__Output } from '../../tessera/v1/DataType.js';
import type { Long } from '@grpc/proto-loader';

export interface Tensor {
  'dtype'?: (_tessera_v1_DataType);
  'shape'?: (number)[];
  'data'?: (Buffer | Uint8Array | string);
  'offset'?: (number | string | Long);
}

export interface Tensor__Output {
  'dtype': (_tessera_v1_DataType__Output);
  'shape': (number)[];
  'data': (Buffer);
  'offset': (string);
}
