// Original file: proto/tessera/v1/generation_service.proto

import type { ImageFormat as _tessera_v1_ImageFormat, ImageFormat__Output as _tessera_v1_ImageFormat__Output } from '../../tessera/v1/ImageFormat.js';
import type { Long } from '@grpc/proto-loader';

export interface PreviewOptions {
  'everySteps'?: (number | string | Long);
  'maxEdge'?: (number | string | Long);
  'decoded'?: (boolean);
  'format'?: (_tessera_v1_ImageFormat);
  '_everySteps'?: "everySteps";
  '_maxEdge'?: "maxEdge";
  '_decoded'?: "decoded";
  '_format'?: "format";
}

export interface PreviewOptions__Output {
  'everySteps'?: (string);
  'maxEdge'?: (string);
  'decoded'?: (boolean);
  'format'?: (_tessera_v1_ImageFormat__Output);
  '_everySteps'?: "everySteps";
  '_maxEdge'?: "maxEdge";
  '_decoded'?: "decoded";
  '_format'?: "format";
}
