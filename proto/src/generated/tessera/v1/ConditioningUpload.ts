// Original file: proto/tessera/v1/denoiser_service.proto

import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from '../../tessera/v1/NamedTensor.js';

export interface ConditioningUpload {
  'conditioningId'?: (string);
  'tensor'?: (_tessera_v1_NamedTensor | null);
  'complete'?: (boolean);
}

export interface ConditioningUpload__Output {
  'conditioningId': (string);
  'tensor': (_tessera_v1_NamedTensor__Output | null);
  'complete': (boolean);
}
