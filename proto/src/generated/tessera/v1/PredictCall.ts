// Original file: proto/tessera/v1/denoiser_service.proto

import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from '../../tessera/v1/Tensor.js';
import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from '../../tessera/v1/NamedTensor.js';
import type { CallOrder as _tessera_v1_CallOrder, CallOrder__Output as _tessera_v1_CallOrder__Output } from '../../tessera/v1/CallOrder.js';
import type { Long } from '@grpc/proto-loader';

export interface PredictCall {
  'callId'?: (number | string | Long);
  'model'?: (string);
  'latent'?: (_tessera_v1_Tensor | null);
  'timestep'?: (number | string);
  'conditioningIds'?: (string)[];
  'inputs'?: (_tessera_v1_NamedTensor)[];
  'order'?: (_tessera_v1_CallOrder | null);
}

export interface PredictCall__Output {
  'callId': (string);
  'model': (string);
  'latent': (_tessera_v1_Tensor__Output | null);
  'timestep': (number);
  'conditioningIds': (string)[];
  'inputs': (_tessera_v1_NamedTensor__Output)[];
  'order': (_tessera_v1_CallOrder__Output | null);
}
