// Original file: proto/tessera/v1/denoiser_part_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { RunPartRequest as _tessera_v1_RunPartRequest, RunPartRequest__Output as _tessera_v1_RunPartRequest__Output } from '../../tessera/v1/RunPartRequest.js';
import type { RunPartResponse as _tessera_v1_RunPartResponse, RunPartResponse__Output as _tessera_v1_RunPartResponse__Output } from '../../tessera/v1/RunPartResponse.js';

export interface DenoiserPartServiceClient extends grpc.Client {
  RunPart(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_RunPartRequest, _tessera_v1_RunPartResponse__Output>;
  RunPart(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_RunPartRequest, _tessera_v1_RunPartResponse__Output>;
  runPart(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_RunPartRequest, _tessera_v1_RunPartResponse__Output>;
  runPart(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_RunPartRequest, _tessera_v1_RunPartResponse__Output>;
  
}

export interface DenoiserPartServiceHandlers extends grpc.UntypedServiceImplementation {
  RunPart: grpc.handleBidiStreamingCall<_tessera_v1_RunPartRequest__Output, _tessera_v1_RunPartResponse>;
  
}

export interface DenoiserPartServiceDefinition extends grpc.ServiceDefinition {
  RunPart: MethodDefinition<_tessera_v1_RunPartRequest, _tessera_v1_RunPartResponse, _tessera_v1_RunPartRequest__Output, _tessera_v1_RunPartResponse__Output>
}
