// Original file: proto/tessera/v1/generation_service.proto

import type { ImageFormat as _tessera_v1_ImageFormat, ImageFormat__Output as _tessera_v1_ImageFormat__Output } from '../../tessera/v1/ImageFormat.js';

export interface OutputOptions {
  'format'?: (_tessera_v1_ImageFormat);
  '_format'?: "format";
}

export interface OutputOptions__Output {
  'format'?: (_tessera_v1_ImageFormat__Output);
  '_format'?: "format";
}
