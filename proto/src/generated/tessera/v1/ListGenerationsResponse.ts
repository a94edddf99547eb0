// Original file: proto/tessera/v1/generation_service.proto

import type { Generation as _tessera_v1_Generation, Generation__Output as _tessera_v1_Generation__Output } from '../../tessera/v1/Generation.js';

export interface ListGenerationsResponse {
  'generations'?: (_tessera_v1_Generation)[];
  'nextPageToken'?: (string);
}

export interface ListGenerationsResponse__Output {
  'generations': (_tessera_v1_Generation__Output)[];
  'nextPageToken': (string);
}
