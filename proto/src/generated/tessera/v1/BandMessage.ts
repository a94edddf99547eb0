// Original file: proto/tessera/v1/decoder_service.proto

import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from '../../tessera/v1/NamedTensor.js';

export interface BandMessage {
  'share'?: (number);
  'topic'?: (string);
  'tensors'?: (number);
  'part'?: (_tessera_v1_NamedTensor | null);
}

export interface BandMessage__Output {
  'share': (number);
  'topic': (string);
  'tensors': (number);
  'part': (_tessera_v1_NamedTensor__Output | null);
}
