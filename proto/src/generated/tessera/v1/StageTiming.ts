// Original file: proto/tessera/v1/generation.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';

export interface StageTiming {
  'stage'?: (string);
  'duration'?: (_google_protobuf_Duration | null);
}

export interface StageTiming__Output {
  'stage': (string);
  'duration': (_google_protobuf_Duration__Output | null);
}
