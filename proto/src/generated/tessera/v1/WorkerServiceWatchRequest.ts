// Original file: proto/tessera/v1/worker_service.proto


export interface WorkerServiceWatchRequest {
}

export interface WorkerServiceWatchRequest__Output {
}
