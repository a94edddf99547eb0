// Original file: proto/tessera/v1/worker_service.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

export interface EvaluationCost {
  'batchSize'?: (number);
  'duration'?: (_google_protobuf_Duration | null);
}

export interface EvaluationCost__Output {
  'batchSize': (number);
  'duration': (_google_protobuf_Duration__Output | null);
}
