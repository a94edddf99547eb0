// Original file: proto/tessera/v1/generation.proto

import type { ImageFormat as _tessera_v1_ImageFormat, ImageFormat__Output as _tessera_v1_ImageFormat__Output } from '../../tessera/v1/ImageFormat.js';
import type { Long } from '@grpc/proto-loader';

export interface Image {
  'imageId'?: (string);
  'format'?: (_tessera_v1_ImageFormat);
  'data'?: (Buffer | Uint8Array | string);
  'sizeBytes'?: (number | string | Long);
  'fileSha256'?: (string);
  'width'?: (number);
  'height'?: (number);
}

export interface Image__Output {
  'imageId': (string);
  'format': (_tessera_v1_ImageFormat__Output);
  'data': (Buffer);
  'sizeBytes': (string);
  'fileSha256': (string);
  'width': (number);
  'height': (number);
}
