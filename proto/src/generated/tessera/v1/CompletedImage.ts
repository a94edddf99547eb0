// Original file: proto/tessera/v1/generation.proto

import type { Image as _tessera_v1_Image, Image__Output as _tessera_v1_Image__Output } from '../../tessera/v1/Image.js';
import type { Receipt as _tessera_v1_Receipt, Receipt__Output as _tessera_v1_Receipt__Output } from '../../tessera/v1/Receipt.js';

export interface CompletedImage {
  'image'?: (_tessera_v1_Image | null);
  'receipt'?: (_tessera_v1_Receipt | null);
}

export interface CompletedImage__Output {
  'image': (_tessera_v1_Image__Output | null);
  'receipt': (_tessera_v1_Receipt__Output | null);
}
