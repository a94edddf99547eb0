// Original file: proto/tessera/v1/denoiser_service.proto


export interface CallBegins {
}

export interface CallBegins__Output {
}
