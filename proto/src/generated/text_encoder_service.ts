import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from './tessera/v1/NamedTensor.js';
import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from './tessera/v1/Tensor.js';
import type { TextEncoderServiceClient as _tessera_v1_TextEncoderServiceClient, TextEncoderServiceDefinition as _tessera_v1_TextEncoderServiceDefinition } from './tessera/v1/TextEncoderService.js';
import type { TextEncoderServiceEncodeRequest as _tessera_v1_TextEncoderServiceEncodeRequest, TextEncoderServiceEncodeRequest__Output as _tessera_v1_TextEncoderServiceEncodeRequest__Output } from './tessera/v1/TextEncoderServiceEncodeRequest.js';
import type { TextEncoderServiceEncodeResponse as _tessera_v1_TextEncoderServiceEncodeResponse, TextEncoderServiceEncodeResponse__Output as _tessera_v1_TextEncoderServiceEncodeResponse__Output } from './tessera/v1/TextEncoderServiceEncodeResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tessera: {
    v1: {
      DataType: EnumTypeDefinition
      NamedTensor: MessageTypeDefinition<_tessera_v1_NamedTensor, _tessera_v1_NamedTensor__Output>
      Tensor: MessageTypeDefinition<_tessera_v1_Tensor, _tessera_v1_Tensor__Output>
      TextEncoderService: SubtypeConstructor<typeof grpc.Client, _tessera_v1_TextEncoderServiceClient> & { service: _tessera_v1_TextEncoderServiceDefinition }
      TextEncoderServiceEncodeRequest: MessageTypeDefinition<_tessera_v1_TextEncoderServiceEncodeRequest, _tessera_v1_TextEncoderServiceEncodeRequest__Output>
      TextEncoderServiceEncodeResponse: MessageTypeDefinition<_tessera_v1_TextEncoderServiceEncodeResponse, _tessera_v1_TextEncoderServiceEncodeResponse__Output>
    }
  }
}

