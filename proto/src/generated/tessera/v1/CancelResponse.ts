// Original file: proto/tessera/v1/generation_service.proto

import type { GenerationState as _tessera_v1_GenerationState, GenerationState__Output as _tessera_v1_GenerationState__Output } from '../../tessera/v1/GenerationState.js';

export interface CancelResponse {
  'state'?: (_tessera_v1_GenerationState);
}

export interface CancelResponse__Output {
  'state': (_tessera_v1_GenerationState__Output);
}
