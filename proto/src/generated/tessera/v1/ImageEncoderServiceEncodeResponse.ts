// Original file: proto/tessera/v1/image_encoder_service.proto

import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from '../../tessera/v1/Tensor.js';
import type { Long } from '@grpc/proto-loader';

export interface ImageEncoderServiceEncodeResponse {
  'latent'?: (_tessera_v1_Tensor | null);
  'runUs'?: (number | string | Long);
}

export interface ImageEncoderServiceEncodeResponse__Output {
  'latent': (_tessera_v1_Tensor__Output | null);
  'runUs': (string);
}
