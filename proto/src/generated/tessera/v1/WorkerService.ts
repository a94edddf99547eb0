// Original file: proto/tessera/v1/worker_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DescribeRequest as _tessera_v1_DescribeRequest, DescribeRequest__Output as _tessera_v1_DescribeRequest__Output } from '../../tessera/v1/DescribeRequest.js';
import type { DescribeResponse as _tessera_v1_DescribeResponse, DescribeResponse__Output as _tessera_v1_DescribeResponse__Output } from '../../tessera/v1/DescribeResponse.js';
import type { WorkerServiceWatchRequest as _tessera_v1_WorkerServiceWatchRequest, WorkerServiceWatchRequest__Output as _tessera_v1_WorkerServiceWatchRequest__Output } from '../../tessera/v1/WorkerServiceWatchRequest.js';
import type { WorkerServiceWatchResponse as _tessera_v1_WorkerServiceWatchResponse, WorkerServiceWatchResponse__Output as _tessera_v1_WorkerServiceWatchResponse__Output } from '../../tessera/v1/WorkerServiceWatchResponse.js';

export interface WorkerServiceClient extends grpc.Client {
  Describe(argument: _tessera_v1_DescribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _tessera_v1_DescribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _tessera_v1_DescribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  Describe(argument: _tessera_v1_DescribeRequest, callback: grpc.requestCallback<_tessera_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _tessera_v1_DescribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _tessera_v1_DescribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _tessera_v1_DescribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  describe(argument: _tessera_v1_DescribeRequest, callback: grpc.requestCallback<_tessera_v1_DescribeResponse__Output>): grpc.ClientUnaryCall;
  
  Watch(argument: _tessera_v1_WorkerServiceWatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_WorkerServiceWatchResponse__Output>;
  Watch(argument: _tessera_v1_WorkerServiceWatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_WorkerServiceWatchResponse__Output>;
  watch(argument: _tessera_v1_WorkerServiceWatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_WorkerServiceWatchResponse__Output>;
  watch(argument: _tessera_v1_WorkerServiceWatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_WorkerServiceWatchResponse__Output>;
  
}

export interface WorkerServiceHandlers extends grpc.UntypedServiceImplementation {
  Describe: grpc.handleUnaryCall<_tessera_v1_DescribeRequest__Output, _tessera_v1_DescribeResponse>;
  
  Watch: grpc.handleServerStreamingCall<_tessera_v1_WorkerServiceWatchRequest__Output, _tessera_v1_WorkerServiceWatchResponse>;
  
}

export interface WorkerServiceDefinition extends grpc.ServiceDefinition {
  Describe: MethodDefinition<_tessera_v1_DescribeRequest, _tessera_v1_DescribeResponse, _tessera_v1_DescribeRequest__Output, _tessera_v1_DescribeResponse__Output>
  Watch: MethodDefinition<_tessera_v1_WorkerServiceWatchRequest, _tessera_v1_WorkerServiceWatchResponse, _tessera_v1_WorkerServiceWatchRequest__Output, _tessera_v1_WorkerServiceWatchResponse__Output>
}
