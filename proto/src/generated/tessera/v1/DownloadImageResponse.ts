// Original file: proto/tessera/v1/generation_service.proto

import type { Long } from '@grpc/proto-loader';

export interface DownloadImageResponse {
  'sizeBytes'?: (number | string | Long);
  'fileSha256'?: (string);
  'offset'?: (number | string | Long);
  'data'?: (Buffer | Uint8Array | string);
}

export interface DownloadImageResponse__Output {
  'sizeBytes': (string);
  'fileSha256': (string);
  'offset': (string);
  'data': (Buffer);
}
