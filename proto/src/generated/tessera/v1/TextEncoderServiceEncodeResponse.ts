// Original file: proto/tessera/v1/text_encoder_service.proto

import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from '../../tessera/v1/NamedTensor.js';

export interface TextEncoderServiceEncodeResponse {
  'promptIndex'?: (number);
  'conditioningId'?: (string);
  'tensor'?: (_tessera_v1_NamedTensor | null);
  'truncatedTokens'?: (number);
}

export interface TextEncoderServiceEncodeResponse__Output {
  'promptIndex': (number);
  'conditioningId': (string);
  'tensor': (_tessera_v1_NamedTensor__Output | null);
  'truncatedTokens': (number);
}
