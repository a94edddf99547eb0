// Original file: proto/tessera/v1/decoder_service.proto

import type { BandMessage as _tessera_v1_BandMessage, BandMessage__Output as _tessera_v1_BandMessage__Output } from '../../tessera/v1/BandMessage.js';
import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from '../../tessera/v1/Tensor.js';
import type { Long } from '@grpc/proto-loader';

export interface DecodeBandsResponse {
  'said'?: (_tessera_v1_BandMessage | null);
  'pixels'?: (_tessera_v1_Tensor | null);
  'runUs'?: (number | string | Long);
  'response'?: "said"|"pixels";
}

export interface DecodeBandsResponse__Output {
  'said'?: (_tessera_v1_BandMessage__Output | null);
  'pixels'?: (_tessera_v1_Tensor__Output | null);
  'runUs': (string);
  'response'?: "said"|"pixels";
}
