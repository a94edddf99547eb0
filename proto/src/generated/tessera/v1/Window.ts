// Original file: proto/tessera/v1/generation.proto


export interface Window {
  'x'?: (number);
  'y'?: (number);
  'width'?: (number);
  'height'?: (number);
}

export interface Window__Output {
  'x': (number);
  'y': (number);
  'width': (number);
  'height': (number);
}
