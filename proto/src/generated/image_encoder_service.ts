import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ImageEncoderServiceClient as _tessera_v1_ImageEncoderServiceClient, ImageEncoderServiceDefinition as _tessera_v1_ImageEncoderServiceDefinition } from './tessera/v1/ImageEncoderService.js';
import type { ImageEncoderServiceEncodeRequest as _tessera_v1_ImageEncoderServiceEncodeRequest, ImageEncoderServiceEncodeRequest__Output as _tessera_v1_ImageEncoderServiceEncodeRequest__Output } from './tessera/v1/ImageEncoderServiceEncodeRequest.js';
import type { ImageEncoderServiceEncodeResponse as _tessera_v1_ImageEncoderServiceEncodeResponse, ImageEncoderServiceEncodeResponse__Output as _tessera_v1_ImageEncoderServiceEncodeResponse__Output } from './tessera/v1/ImageEncoderServiceEncodeResponse.js';
import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from './tessera/v1/NamedTensor.js';
import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from './tessera/v1/Tensor.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tessera: {
    v1: {
      DataType: EnumTypeDefinition
      ImageEncoderService: SubtypeConstructor<typeof grpc.Client, _tessera_v1_ImageEncoderServiceClient> & { service: _tessera_v1_ImageEncoderServiceDefinition }
      ImageEncoderServiceEncodeRequest: MessageTypeDefinition<_tessera_v1_ImageEncoderServiceEncodeRequest, _tessera_v1_ImageEncoderServiceEncodeRequest__Output>
      ImageEncoderServiceEncodeResponse: MessageTypeDefinition<_tessera_v1_ImageEncoderServiceEncodeResponse, _tessera_v1_ImageEncoderServiceEncodeResponse__Output>
      NamedTensor: MessageTypeDefinition<_tessera_v1_NamedTensor, _tessera_v1_NamedTensor__Output>
      Tensor: MessageTypeDefinition<_tessera_v1_Tensor, _tessera_v1_Tensor__Output>
    }
  }
}

