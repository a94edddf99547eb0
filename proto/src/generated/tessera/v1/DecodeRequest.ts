// Original file: proto/tessera/v1/decoder_service.proto

import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from '../../tessera/v1/Tensor.js';

export interface DecodeRequest {
  'model'?: (string);
  'latent'?: (_tessera_v1_Tensor | null);
}

export interface DecodeRequest__Output {
  'model': (string);
  'latent': (_tessera_v1_Tensor__Output | null);
}
