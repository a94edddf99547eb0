// Original file: proto/tessera/v1/denoiser_part_service.proto

import type { Long } from '@grpc/proto-loader';

export interface PartRan {
  'tensors'?: (number);
  'runUs'?: (number | string | Long);
}

export interface PartRan__Output {
  'tensors': (number);
  'runUs': (string);
}
