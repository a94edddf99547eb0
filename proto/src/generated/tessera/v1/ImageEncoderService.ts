// Original file: proto/tessera/v1/image_encoder_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ImageEncoderServiceEncodeRequest as _tessera_v1_ImageEncoderServiceEncodeRequest, ImageEncoderServiceEncodeRequest__Output as _tessera_v1_ImageEncoderServiceEncodeRequest__Output } from '../../tessera/v1/ImageEncoderServiceEncodeRequest.js';
import type { ImageEncoderServiceEncodeResponse as _tessera_v1_ImageEncoderServiceEncodeResponse, ImageEncoderServiceEncodeResponse__Output as _tessera_v1_ImageEncoderServiceEncodeResponse__Output } from '../../tessera/v1/ImageEncoderServiceEncodeResponse.js';

export interface ImageEncoderServiceClient extends grpc.Client {
  Encode(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_ImageEncoderServiceEncodeRequest, _tessera_v1_ImageEncoderServiceEncodeResponse__Output>;
  Encode(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_ImageEncoderServiceEncodeRequest, _tessera_v1_ImageEncoderServiceEncodeResponse__Output>;
  encode(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_ImageEncoderServiceEncodeRequest, _tessera_v1_ImageEncoderServiceEncodeResponse__Output>;
  encode(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_ImageEncoderServiceEncodeRequest, _tessera_v1_ImageEncoderServiceEncodeResponse__Output>;
  
}

export interface ImageEncoderServiceHandlers extends grpc.UntypedServiceImplementation {
  Encode: grpc.handleBidiStreamingCall<_tessera_v1_ImageEncoderServiceEncodeRequest__Output, _tessera_v1_ImageEncoderServiceEncodeResponse>;
  
}

export interface ImageEncoderServiceDefinition extends grpc.ServiceDefinition {
  Encode: MethodDefinition<_tessera_v1_ImageEncoderServiceEncodeRequest, _tessera_v1_ImageEncoderServiceEncodeResponse, _tessera_v1_ImageEncoderServiceEncodeRequest__Output, _tessera_v1_ImageEncoderServiceEncodeResponse__Output>
}
