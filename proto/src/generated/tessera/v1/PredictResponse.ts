// Original file: proto/tessera/v1/denoiser_service.proto

import type { Predictions as _tessera_v1_Predictions, Predictions__Output as _tessera_v1_Predictions__Output } from '../../tessera/v1/Predictions.js';
import type { CallError as _tessera_v1_CallError, CallError__Output as _tessera_v1_CallError__Output } from '../../tessera/v1/CallError.js';
import type { TensorPart as _tessera_v1_TensorPart, TensorPart__Output as _tessera_v1_TensorPart__Output } from '../../tessera/v1/TensorPart.js';
import type { CallBegins as _tessera_v1_CallBegins, CallBegins__Output as _tessera_v1_CallBegins__Output } from '../../tessera/v1/CallBegins.js';
import type { Long } from '@grpc/proto-loader';

export interface PredictResponse {
  'callId'?: (number | string | Long);
  'predictions'?: (_tessera_v1_Predictions | null);
  'error'?: (_tessera_v1_CallError | null);
  'part'?: (_tessera_v1_TensorPart | null);
  'begins'?: (_tessera_v1_CallBegins | null);
  'result'?: "predictions"|"error"|"part"|"begins";
}

export interface PredictResponse__Output {
  'callId': (string);
  'predictions'?: (_tessera_v1_Predictions__Output | null);
  'error'?: (_tessera_v1_CallError__Output | null);
  'part'?: (_tessera_v1_TensorPart__Output | null);
  'begins'?: (_tessera_v1_CallBegins__Output | null);
  'result'?: "predictions"|"error"|"part"|"begins";
}
