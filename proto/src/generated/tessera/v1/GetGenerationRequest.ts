// Original file: proto/tessera/v1/generation_service.proto


export interface GetGenerationRequest {
  'generationId'?: (string);
}

export interface GetGenerationRequest__Output {
  'generationId': (string);
}
