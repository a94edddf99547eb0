import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { BandMessage as _tessera_v1_BandMessage, BandMessage__Output as _tessera_v1_BandMessage__Output } from './tessera/v1/BandMessage.js';
import type { BandShare as _tessera_v1_BandShare, BandShare__Output as _tessera_v1_BandShare__Output } from './tessera/v1/BandShare.js';
import type { DecodeBandsRequest as _tessera_v1_DecodeBandsRequest, DecodeBandsRequest__Output as _tessera_v1_DecodeBandsRequest__Output } from './tessera/v1/DecodeBandsRequest.js';
import type { DecodeBandsResponse as _tessera_v1_DecodeBandsResponse, DecodeBandsResponse__Output as _tessera_v1_DecodeBandsResponse__Output } from './tessera/v1/DecodeBandsResponse.js';
import type { DecodeRequest as _tessera_v1_DecodeRequest, DecodeRequest__Output as _tessera_v1_DecodeRequest__Output } from './tessera/v1/DecodeRequest.js';
import type { DecodeResponse as _tessera_v1_DecodeResponse, DecodeResponse__Output as _tessera_v1_DecodeResponse__Output } from './tessera/v1/DecodeResponse.js';
import type { DecoderServiceClient as _tessera_v1_DecoderServiceClient, DecoderServiceDefinition as _tessera_v1_DecoderServiceDefinition } from './tessera/v1/DecoderService.js';
import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from './tessera/v1/NamedTensor.js';
import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from './tessera/v1/Tensor.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tessera: {
    v1: {
      BandMessage: MessageTypeDefinition<_tessera_v1_BandMessage, _tessera_v1_BandMessage__Output>
      BandShare: MessageTypeDefinition<_tessera_v1_BandShare, _tessera_v1_BandShare__Output>
      DataType: EnumTypeDefinition
      DecodeBandsRequest: MessageTypeDefinition<_tessera_v1_DecodeBandsRequest, _tessera_v1_DecodeBandsRequest__Output>
      DecodeBandsResponse: MessageTypeDefinition<_tessera_v1_DecodeBandsResponse, _tessera_v1_DecodeBandsResponse__Output>
      DecodeRequest: MessageTypeDefinition<_tessera_v1_DecodeRequest, _tessera_v1_DecodeRequest__Output>
      DecodeResponse: MessageTypeDefinition<_tessera_v1_DecodeResponse, _tessera_v1_DecodeResponse__Output>
      DecoderService: SubtypeConstructor<typeof grpc.Client, _tessera_v1_DecoderServiceClient> & { service: _tessera_v1_DecoderServiceDefinition }
      NamedTensor: MessageTypeDefinition<_tessera_v1_NamedTensor, _tessera_v1_NamedTensor__Output>
      Tensor: MessageTypeDefinition<_tessera_v1_Tensor, _tessera_v1_Tensor__Output>
    }
  }
}

