// Original file: proto/tessera/v1/denoiser_service.proto

import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from '../../tessera/v1/Tensor.js';
import type { Long } from '@grpc/proto-loader';

export interface Predictions {
  'predictions'?: (_tessera_v1_Tensor)[];
  'runUs'?: (number | string | Long);
  'batchSize'?: (number);
  'virtualTime'?: (number | string);
}

export interface Predictions__Output {
  'predictions': (_tessera_v1_Tensor__Output)[];
  'runUs': (string);
  'batchSize': (number);
  'virtualTime': (number);
}
