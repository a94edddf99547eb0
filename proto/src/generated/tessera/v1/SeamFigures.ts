// Original file: proto/tessera/v1/generation.proto

import type { SeamEdge as _tessera_v1_SeamEdge, SeamEdge__Output as _tessera_v1_SeamEdge__Output } from '../../tessera/v1/SeamEdge.js';

export interface SeamFigures {
  'ratio'?: (number | string);
  'toneStep'?: (number | string);
  'worst'?: (_tessera_v1_SeamEdge | null);
  'secondDifference'?: (number | string);
  'zScore'?: (number | string);
}

export interface SeamFigures__Output {
  'ratio': (number);
  'toneStep': (number);
  'worst': (_tessera_v1_SeamEdge__Output | null);
  'secondDifference': (number);
  'zScore': (number);
}
