// Original file: proto/tessera/v1/denoiser_service.proto


export interface CallError {
  'code'?: (string);
  'message'?: (string);
  'missingConditioningIds'?: (string)[];
}

export interface CallError__Output {
  'code': (string);
  'message': (string);
  'missingConditioningIds': (string)[];
}
