// Original file: proto/tessera/v1/generation_service.proto


export interface ComposeOptions {
  'strength'?: (number | string);
  '_strength'?: "strength";
}

export interface ComposeOptions__Output {
  'strength'?: (number);
  '_strength'?: "strength";
}
