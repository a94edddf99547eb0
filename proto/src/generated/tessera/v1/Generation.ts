// Original file: proto/tessera/v1/generation_service.proto

import type { GenerationState as _tessera_v1_GenerationState, GenerationState__Output as _tessera_v1_GenerationState__Output } from '../../tessera/v1/GenerationState.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { GenerationPlan as _tessera_v1_GenerationPlan, GenerationPlan__Output as _tessera_v1_GenerationPlan__Output } from '../../tessera/v1/GenerationPlan.js';
import type { GenerationEvent as _tessera_v1_GenerationEvent, GenerationEvent__Output as _tessera_v1_GenerationEvent__Output } from '../../tessera/v1/GenerationEvent.js';
import type { Long } from '@grpc/proto-loader';

export interface Generation {
  'generationId'?: (string);
  'state'?: (_tessera_v1_GenerationState);
  'createTime'?: (_google_protobuf_Timestamp | null);
  'plan'?: (_tessera_v1_GenerationPlan | null);
  'sequence'?: (number | string | Long);
  'result'?: (_tessera_v1_GenerationEvent | null);
  'prompt'?: (string);
}

export interface Generation__Output {
  'generationId': (string);
  'state': (_tessera_v1_GenerationState__Output);
  'createTime': (_google_protobuf_Timestamp__Output | null);
  'plan': (_tessera_v1_GenerationPlan__Output | null);
  'sequence': (string);
  'result': (_tessera_v1_GenerationEvent__Output | null);
  'prompt': (string);
}
