// Original file: proto/tessera/v1/generation_service.proto

import type { Long } from '@grpc/proto-loader';

export interface LedgerCount {
  'kind'?: (string);
  'taken'?: (number | string | Long);
  'released'?: (number | string | Long);
}

export interface LedgerCount__Output {
  'kind': (string);
  'taken': (string);
  'released': (string);
}
