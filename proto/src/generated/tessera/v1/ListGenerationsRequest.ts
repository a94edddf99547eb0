// Original file: proto/tessera/v1/generation_service.proto

import type { GenerationState as _tessera_v1_GenerationState, GenerationState__Output as _tessera_v1_GenerationState__Output } from '../../tessera/v1/GenerationState.js';
import type { Long } from '@grpc/proto-loader';

export interface ListGenerationsRequest {
  'state'?: (_tessera_v1_GenerationState);
  'pageToken'?: (string);
  'pageSize'?: (number | string | Long);
  '_pageSize'?: "pageSize";
}

export interface ListGenerationsRequest__Output {
  'state': (_tessera_v1_GenerationState__Output);
  'pageToken': (string);
  'pageSize'?: (string);
  '_pageSize'?: "pageSize";
}
