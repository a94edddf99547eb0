// Original file: proto/tessera/v1/image_encoder_service.proto

import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from '../../tessera/v1/Tensor.js';

export interface ImageEncoderServiceEncodeRequest {
  'model'?: (string);
  'pixels'?: (_tessera_v1_Tensor | null);
}

export interface ImageEncoderServiceEncodeRequest__Output {
  'model': (string);
  'pixels': (_tessera_v1_Tensor__Output | null);
}
