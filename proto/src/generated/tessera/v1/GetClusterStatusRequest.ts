// Original file: proto/tessera/v1/generation_service.proto


export interface GetClusterStatusRequest {
}

export interface GetClusterStatusRequest__Output {
}
