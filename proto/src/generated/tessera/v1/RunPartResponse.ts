// Original file: proto/tessera/v1/denoiser_part_service.proto

import type { PartRan as _tessera_v1_PartRan, PartRan__Output as _tessera_v1_PartRan__Output } from '../../tessera/v1/PartRan.js';
import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from '../../tessera/v1/NamedTensor.js';
import type { CallError as _tessera_v1_CallError, CallError__Output as _tessera_v1_CallError__Output } from '../../tessera/v1/CallError.js';
import type { Long } from '@grpc/proto-loader';

export interface RunPartResponse {
  'runId'?: (number | string | Long);
  'ran'?: (_tessera_v1_PartRan | null);
  'tensor'?: (_tessera_v1_NamedTensor | null);
  'error'?: (_tessera_v1_CallError | null);
  'response'?: "ran"|"tensor"|"error";
}

export interface RunPartResponse__Output {
  'runId': (string);
  'ran'?: (_tessera_v1_PartRan__Output | null);
  'tensor'?: (_tessera_v1_NamedTensor__Output | null);
  'error'?: (_tessera_v1_CallError__Output | null);
  'response'?: "ran"|"tensor"|"error";
}
