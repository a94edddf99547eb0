// Original file: proto/tessera/v1/denoiser_service.proto

import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from '../../tessera/v1/Tensor.js';
import type { Long } from '@grpc/proto-loader';

export interface TensorPart {
  'callId'?: (number | string | Long);
  'tensorIndex'?: (number);
  'tensor'?: (_tessera_v1_Tensor | null);
}

export interface TensorPart__Output {
  'callId': (string);
  'tensorIndex': (number);
  'tensor': (_tessera_v1_Tensor__Output | null);
}
