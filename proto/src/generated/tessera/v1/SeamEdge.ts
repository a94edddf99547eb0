// Original file: proto/tessera/v1/generation.proto


export interface SeamEdge {
  'axis'?: (string);
  'position'?: (number);
  'ratio'?: (number | string);
}

export interface SeamEdge__Output {
  'axis': (string);
  'position': (number);
  'ratio': (number);
}
