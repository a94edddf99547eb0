// Original file: proto/tessera/v1/generation_service.proto


export interface ListModelsRequest {
}

export interface ListModelsRequest__Output {
}
