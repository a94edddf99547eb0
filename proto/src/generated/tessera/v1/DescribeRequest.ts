// Original file: proto/tessera/v1/worker_service.proto


export interface DescribeRequest {
}

export interface DescribeRequest__Output {
}
