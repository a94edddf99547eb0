// Original file: proto/tessera/v1/generation_service.proto


export interface CancelRequest {
  'generationId'?: (string);
}

export interface CancelRequest__Output {
  'generationId': (string);
}
