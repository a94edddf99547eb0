// Original file: proto/tessera/v1/denoiser_service.proto

import type { Long } from '@grpc/proto-loader';

export interface CallOrder {
  'tenant'?: (string);
  'priority'?: (number);
  'timeLeftMs'?: (number | string | Long);
  'remainingEvaluations'?: (number | string | Long);
  'virtualStart'?: (number | string);
  'generationId'?: (string);
  'weight'?: (number | string);
  'waitedMs'?: (number | string | Long);
  'alone'?: (boolean);
  'traceparent'?: (string);
  'caller'?: (string);
}

export interface CallOrder__Output {
  'tenant': (string);
  'priority': (number);
  'timeLeftMs': (string);
  'remainingEvaluations': (string);
  'virtualStart': (number);
  'generationId': (string);
  'weight': (number);
  'waitedMs': (string);
  'alone': (boolean);
  'traceparent': (string);
  'caller': (string);
}
