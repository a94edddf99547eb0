// Original file: proto/tessera/v1/tensor.proto

import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from '../../tessera/v1/Tensor.js';

export interface NamedTensor {
  'name'?: (string);
  'tensor'?: (_tessera_v1_Tensor | null);
}

export interface NamedTensor__Output {
  'name': (string);
  'tensor': (_tessera_v1_Tensor__Output | null);
}
