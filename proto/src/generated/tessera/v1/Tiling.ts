// Original file: proto/tessera/v1/generation.proto


export interface Tiling {
  'overlap'?: (number);
  'wrap'?: (string);
  'scheme'?: (string);
  'grid'?: (string);
  '_overlap'?: "overlap";
}

export interface Tiling__Output {
  'overlap'?: (number);
  'wrap': (string);
  'scheme': (string);
  'grid': (string);
  '_overlap'?: "overlap";
}
