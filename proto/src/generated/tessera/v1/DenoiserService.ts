// Original file: proto/tessera/v1/denoiser_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { PredictRequest as _tessera_v1_PredictRequest, PredictRequest__Output as _tessera_v1_PredictRequest__Output } from '../../tessera/v1/PredictRequest.js';
import type { PredictResponse as _tessera_v1_PredictResponse, PredictResponse__Output as _tessera_v1_PredictResponse__Output } from '../../tessera/v1/PredictResponse.js';

export interface DenoiserServiceClient extends grpc.Client {
  Predict(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_PredictRequest, _tessera_v1_PredictResponse__Output>;
  Predict(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_PredictRequest, _tessera_v1_PredictResponse__Output>;
  predict(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_PredictRequest, _tessera_v1_PredictResponse__Output>;
  predict(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_PredictRequest, _tessera_v1_PredictResponse__Output>;
  
}

export interface DenoiserServiceHandlers extends grpc.UntypedServiceImplementation {
  Predict: grpc.handleBidiStreamingCall<_tessera_v1_PredictRequest__Output, _tessera_v1_PredictResponse>;
  
}

export interface DenoiserServiceDefinition extends grpc.ServiceDefinition {
  Predict: MethodDefinition<_tessera_v1_PredictRequest, _tessera_v1_PredictResponse, _tessera_v1_PredictRequest__Output, _tessera_v1_PredictResponse__Output>
}
