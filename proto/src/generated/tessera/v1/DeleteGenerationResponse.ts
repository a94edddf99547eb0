// Original file: proto/tessera/v1/generation_service.proto


export interface DeleteGenerationResponse {
}

export interface DeleteGenerationResponse__Output {
}
