// Original file: proto/tessera/v1/generation_service.proto


export interface DeleteGenerationRequest {
  'generationId'?: (string);
}

export interface DeleteGenerationRequest__Output {
  'generationId': (string);
}
