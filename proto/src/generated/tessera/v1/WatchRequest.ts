// Original file: proto/tessera/v1/generation_service.proto

import type { PreviewOptions as _tessera_v1_PreviewOptions, PreviewOptions__Output as _tessera_v1_PreviewOptions__Output } from '../../tessera/v1/PreviewOptions.js';
import type { Long } from '@grpc/proto-loader';

export interface WatchRequest {
  'generationId'?: (string);
  'afterSequence'?: (number | string | Long);
  'afterStep'?: (number | string | Long);
  'preview'?: (_tessera_v1_PreviewOptions | null);
  '_afterSequence'?: "afterSequence";
  '_afterStep'?: "afterStep";
}

export interface WatchRequest__Output {
  'generationId': (string);
  'afterSequence'?: (string);
  'afterStep'?: (string);
  'preview': (_tessera_v1_PreviewOptions__Output | null);
  '_afterSequence'?: "afterSequence";
  '_afterStep'?: "afterStep";
}
