// Original file: proto/tessera/v1/generation.proto


export interface DecodePlan {
  'haloX'?: (number);
  'haloY'?: (number);
  'bandStarts'?: (number)[];
}

export interface DecodePlan__Output {
  'haloX': (number);
  'haloY': (number);
  'bandStarts': (number)[];
}
