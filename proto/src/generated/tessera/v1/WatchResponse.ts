// Original file: proto/tessera/v1/generation_service.proto

import type { GenerationEvent as _tessera_v1_GenerationEvent, GenerationEvent__Output as _tessera_v1_GenerationEvent__Output } from '../../tessera/v1/GenerationEvent.js';

export interface WatchResponse {
  'event'?: (_tessera_v1_GenerationEvent | null);
}

export interface WatchResponse__Output {
  'event': (_tessera_v1_GenerationEvent__Output | null);
}
