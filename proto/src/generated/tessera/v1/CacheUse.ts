// Original file: proto/tessera/v1/generation.proto


export interface CacheUse {
  'cache'?: (string);
  'key'?: (string);
  'hit'?: (boolean);
}

export interface CacheUse__Output {
  'cache': (string);
  'key': (string);
  'hit': (boolean);
}
