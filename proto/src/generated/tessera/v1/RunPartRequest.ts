// Original file: proto/tessera/v1/denoiser_part_service.proto

import type { PartRun as _tessera_v1_PartRun, PartRun__Output as _tessera_v1_PartRun__Output } from '../../tessera/v1/PartRun.js';
import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from '../../tessera/v1/NamedTensor.js';
import type { Long } from '@grpc/proto-loader';

export interface RunPartRequest {
  'runId'?: (number | string | Long);
  'run'?: (_tessera_v1_PartRun | null);
  'tensor'?: (_tessera_v1_NamedTensor | null);
  'request'?: "run"|"tensor";
}

export interface RunPartRequest__Output {
  'runId': (string);
  'run'?: (_tessera_v1_PartRun__Output | null);
  'tensor'?: (_tessera_v1_NamedTensor__Output | null);
  'request'?: "run"|"tensor";
}
