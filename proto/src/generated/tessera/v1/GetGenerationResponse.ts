// Original file: proto/tessera/v1/generation_service.proto

import type { Generation as _tessera_v1_Generation, Generation__Output as _tessera_v1_Generation__Output } from '../../tessera/v1/Generation.js';

export interface GetGenerationResponse {
  'generation'?: (_tessera_v1_Generation | null);
}

export interface GetGenerationResponse__Output {
  'generation': (_tessera_v1_Generation__Output | null);
}
