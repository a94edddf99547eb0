// Original file: proto/tessera/v1/denoiser_service.proto

import type { ConditioningUpload as _tessera_v1_ConditioningUpload, ConditioningUpload__Output as _tessera_v1_ConditioningUpload__Output } from '../../tessera/v1/ConditioningUpload.js';
import type { PredictCall as _tessera_v1_PredictCall, PredictCall__Output as _tessera_v1_PredictCall__Output } from '../../tessera/v1/PredictCall.js';
import type { PredictCancel as _tessera_v1_PredictCancel, PredictCancel__Output as _tessera_v1_PredictCancel__Output } from '../../tessera/v1/PredictCancel.js';
import type { TensorPart as _tessera_v1_TensorPart, TensorPart__Output as _tessera_v1_TensorPart__Output } from '../../tessera/v1/TensorPart.js';

export interface PredictRequest {
  'conditioning'?: (_tessera_v1_ConditioningUpload | null);
  'call'?: (_tessera_v1_PredictCall | null);
  'cancel'?: (_tessera_v1_PredictCancel | null);
  'part'?: (_tessera_v1_TensorPart | null);
  'request'?: "conditioning"|"call"|"cancel"|"part";
}

export interface PredictRequest__Output {
  'conditioning'?: (_tessera_v1_ConditioningUpload__Output | null);
  'call'?: (_tessera_v1_PredictCall__Output | null);
  'cancel'?: (_tessera_v1_PredictCancel__Output | null);
  'part'?: (_tessera_v1_TensorPart__Output | null);
  'request'?: "conditioning"|"call"|"cancel"|"part";
}
