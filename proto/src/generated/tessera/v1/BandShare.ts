// Original file: proto/tessera/v1/decoder_service.proto


export interface BandShare {
  'model'?: (string);
  'latentShape'?: (number)[];
  'bandStarts'?: (number)[];
  'shareStarts'?: (number)[];
  'index'?: (number);
  'littleMemory'?: (boolean);
}

export interface BandShare__Output {
  'model': (string);
  'latentShape': (number)[];
  'bandStarts': (number)[];
  'shareStarts': (number)[];
  'index': (number);
  'littleMemory': (boolean);
}
