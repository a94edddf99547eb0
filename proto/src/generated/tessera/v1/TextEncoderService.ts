// Original file: proto/tessera/v1/text_encoder_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { TextEncoderServiceEncodeRequest as _tessera_v1_TextEncoderServiceEncodeRequest, TextEncoderServiceEncodeRequest__Output as _tessera_v1_TextEncoderServiceEncodeRequest__Output } from '../../tessera/v1/TextEncoderServiceEncodeRequest.js';
import type { TextEncoderServiceEncodeResponse as _tessera_v1_TextEncoderServiceEncodeResponse, TextEncoderServiceEncodeResponse__Output as _tessera_v1_TextEncoderServiceEncodeResponse__Output } from '../../tessera/v1/TextEncoderServiceEncodeResponse.js';

export interface TextEncoderServiceClient extends grpc.Client {
  Encode(argument: _tessera_v1_TextEncoderServiceEncodeRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_TextEncoderServiceEncodeResponse__Output>;
  Encode(argument: _tessera_v1_TextEncoderServiceEncodeRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_TextEncoderServiceEncodeResponse__Output>;
  encode(argument: _tessera_v1_TextEncoderServiceEncodeRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_TextEncoderServiceEncodeResponse__Output>;
  encode(argument: _tessera_v1_TextEncoderServiceEncodeRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_TextEncoderServiceEncodeResponse__Output>;
  
}

export interface TextEncoderServiceHandlers extends grpc.UntypedServiceImplementation {
  Encode: grpc.handleServerStreamingCall<_tessera_v1_TextEncoderServiceEncodeRequest__Output, _tessera_v1_TextEncoderServiceEncodeResponse>;
  
}

export interface TextEncoderServiceDefinition extends grpc.ServiceDefinition {
  Encode: MethodDefinition<_tessera_v1_TextEncoderServiceEncodeRequest, _tessera_v1_TextEncoderServiceEncodeResponse, _tessera_v1_TextEncoderServiceEncodeRequest__Output, _tessera_v1_TextEncoderServiceEncodeResponse__Output>
}
