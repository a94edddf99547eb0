// Original file: proto/tessera/v1/generation_service.proto

import type { Long } from '@grpc/proto-loader';

export interface DownloadImageRequest {
  'generationId'?: (string);
  'imageId'?: (string);
  'offset'?: (number | string | Long);
}

export interface DownloadImageRequest__Output {
  'generationId': (string);
  'imageId': (string);
  'offset': (string);
}
