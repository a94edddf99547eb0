// Original file: proto/tessera/v1/generation.proto


export interface ComposePlan {
  'strength'?: (number | string);
  'startStep'?: (number);
  'baseWidth'?: (number);
  'baseHeight'?: (number);
}

export interface ComposePlan__Output {
  'strength': (number);
  'startStep': (number);
  'baseWidth': (number);
  'baseHeight': (number);
}
