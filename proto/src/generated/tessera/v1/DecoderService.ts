// Original file: proto/tessera/v1/decoder_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DecodeBandsRequest as _tessera_v1_DecodeBandsRequest, DecodeBandsRequest__Output as _tessera_v1_DecodeBandsRequest__Output } from '../../tessera/v1/DecodeBandsRequest.js';
import type { DecodeBandsResponse as _tessera_v1_DecodeBandsResponse, DecodeBandsResponse__Output as _tessera_v1_DecodeBandsResponse__Output } from '../../tessera/v1/DecodeBandsResponse.js';
import type { DecodeRequest as _tessera_v1_DecodeRequest, DecodeRequest__Output as _tessera_v1_DecodeRequest__Output } from '../../tessera/v1/DecodeRequest.js';
import type { DecodeResponse as _tessera_v1_DecodeResponse, DecodeResponse__Output as _tessera_v1_DecodeResponse__Output } from '../../tessera/v1/DecodeResponse.js';

export interface DecoderServiceClient extends grpc.Client {
  Decode(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_DecodeRequest, _tessera_v1_DecodeResponse__Output>;
  Decode(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_DecodeRequest, _tessera_v1_DecodeResponse__Output>;
  decode(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_DecodeRequest, _tessera_v1_DecodeResponse__Output>;
  decode(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_DecodeRequest, _tessera_v1_DecodeResponse__Output>;
  
  DecodeBands(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_DecodeBandsRequest, _tessera_v1_DecodeBandsResponse__Output>;
  DecodeBands(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_DecodeBandsRequest, _tessera_v1_DecodeBandsResponse__Output>;
  decodeBands(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_DecodeBandsRequest, _tessera_v1_DecodeBandsResponse__Output>;
  decodeBands(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tessera_v1_DecodeBandsRequest, _tessera_v1_DecodeBandsResponse__Output>;
  
}

export interface DecoderServiceHandlers extends grpc.UntypedServiceImplementation {
  Decode: grpc.handleBidiStreamingCall<_tessera_v1_DecodeRequest__Output, _tessera_v1_DecodeResponse>;
  
  DecodeBands: grpc.handleBidiStreamingCall<_tessera_v1_DecodeBandsRequest__Output, _tessera_v1_DecodeBandsResponse>;
  
}

export interface DecoderServiceDefinition extends grpc.ServiceDefinition {
  Decode: MethodDefinition<_tessera_v1_DecodeRequest, _tessera_v1_DecodeResponse, _tessera_v1_DecodeRequest__Output, _tessera_v1_DecodeResponse__Output>
  DecodeBands: MethodDefinition<_tessera_v1_DecodeBandsRequest, _tessera_v1_DecodeBandsResponse, _tessera_v1_DecodeBandsRequest__Output, _tessera_v1_DecodeBandsResponse__Output>
}
