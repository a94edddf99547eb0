// Original file: proto/tessera/v1/decoder_service.proto

import type { BandShare as _tessera_v1_BandShare, BandShare__Output as _tessera_v1_BandShare__Output } from '../../tessera/v1/BandShare.js';
import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from '../../tessera/v1/Tensor.js';
import type { BandMessage as _tessera_v1_BandMessage, BandMessage__Output as _tessera_v1_BandMessage__Output } from '../../tessera/v1/BandMessage.js';

export interface DecodeBandsRequest {
  'share'?: (_tessera_v1_BandShare | null);
  'latent'?: (_tessera_v1_Tensor | null);
  'heard'?: (_tessera_v1_BandMessage | null);
  'request'?: "share"|"latent"|"heard";
}

export interface DecodeBandsRequest__Output {
  'share'?: (_tessera_v1_BandShare__Output | null);
  'latent'?: (_tessera_v1_Tensor__Output | null);
  'heard'?: (_tessera_v1_BandMessage__Output | null);
  'request'?: "share"|"latent"|"heard";
}
