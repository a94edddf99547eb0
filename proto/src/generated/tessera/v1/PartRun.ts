// Original file: proto/tessera/v1/denoiser_part_service.proto


export interface PartRun {
  'model'?: (string);
  'cut'?: (string);
  'part'?: (number);
  'tensors'?: (number);
  'evaluations'?: (number);
  'mayFail'?: (boolean);
}

export interface PartRun__Output {
  'model': (string);
  'cut': (string);
  'part': (number);
  'tensors': (number);
  'evaluations': (number);
  'mayFail': (boolean);
}
