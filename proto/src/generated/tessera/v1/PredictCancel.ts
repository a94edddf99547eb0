// Original file: proto/tessera/v1/denoiser_service.proto

import type { Long } from '@grpc/proto-loader';

export interface PredictCancel {
  'callId'?: (number | string | Long);
}

export interface PredictCancel__Output {
  'callId': (string);
}
