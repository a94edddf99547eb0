import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from './tessera/v1/NamedTensor.js';
import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from './tessera/v1/Tensor.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tessera: {
    v1: {
      DataType: EnumTypeDefinition
      NamedTensor: MessageTypeDefinition<_tessera_v1_NamedTensor, _tessera_v1_NamedTensor__Output>
      Tensor: MessageTypeDefinition<_tessera_v1_Tensor, _tessera_v1_Tensor__Output>
    }
  }
}

