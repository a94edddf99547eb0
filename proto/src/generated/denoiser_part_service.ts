import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { CallBegins as _tessera_v1_CallBegins, CallBegins__Output as _tessera_v1_CallBegins__Output } from './tessera/v1/CallBegins.js';
import type { CallError as _tessera_v1_CallError, CallError__Output as _tessera_v1_CallError__Output } from './tessera/v1/CallError.js';
import type { CallOrder as _tessera_v1_CallOrder, CallOrder__Output as _tessera_v1_CallOrder__Output } from './tessera/v1/CallOrder.js';
import type { ConditioningUpload as _tessera_v1_ConditioningUpload, ConditioningUpload__Output as _tessera_v1_ConditioningUpload__Output } from './tessera/v1/ConditioningUpload.js';
import type { DenoiserPartServiceClient as _tessera_v1_DenoiserPartServiceClient, DenoiserPartServiceDefinition as _tessera_v1_DenoiserPartServiceDefinition } from './tessera/v1/DenoiserPartService.js';
import type { DenoiserServiceClient as _tessera_v1_DenoiserServiceClient, DenoiserServiceDefinition as _tessera_v1_DenoiserServiceDefinition } from './tessera/v1/DenoiserService.js';
import type { NamedTensor as _tessera_v1_NamedTensor, NamedTensor__Output as _tessera_v1_NamedTensor__Output } from './tessera/v1/NamedTensor.js';
import type { PartRan as _tessera_v1_PartRan, PartRan__Output as _tessera_v1_PartRan__Output } from './tessera/v1/PartRan.js';
import type { PartRun as _tessera_v1_PartRun, PartRun__Output as _tessera_v1_PartRun__Output } from './tessera/v1/PartRun.js';
import type { PredictCall as _tessera_v1_PredictCall, PredictCall__Output as _tessera_v1_PredictCall__Output } from './tessera/v1/PredictCall.js';
import type { PredictCancel as _tessera_v1_PredictCancel, PredictCancel__Output as _tessera_v1_PredictCancel__Output } from './tessera/v1/PredictCancel.js';
import type { PredictRequest as _tessera_v1_PredictRequest, PredictRequest__Output as _tessera_v1_PredictRequest__Output } from './tessera/v1/PredictRequest.js';
import type { PredictResponse as _tessera_v1_PredictResponse, PredictResponse__Output as _tessera_v1_PredictResponse__Output } from './tessera/v1/PredictResponse.js';
import type { Predictions as _tessera_v1_Predictions, Predictions__Output as _tessera_v1_Predictions__Output } from './tessera/v1/Predictions.js';
import type { RunPartRequest as _tessera_v1_RunPartRequest, RunPartRequest__Output as _tessera_v1_RunPartRequest__Output } from './tessera/v1/RunPartRequest.js';
import type { RunPartResponse as _tessera_v1_RunPartResponse, RunPartResponse__Output as _tessera_v1_RunPartResponse__Output } from './tessera/v1/RunPartResponse.js';
import type { Tensor as _tessera_v1_Tensor, Tensor__Output as _tessera_v1_Tensor__Output } from './tessera/v1/Tensor.js';
import type { TensorPart as _tessera_v1_TensorPart, TensorPart__Output as _tessera_v1_TensorPart__Output } from './tessera/v1/TensorPart.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tessera: {
    v1: {
      CallBegins: MessageTypeDefinition<_tessera_v1_CallBegins, _tessera_v1_CallBegins__Output>
      CallError: MessageTypeDefinition<_tessera_v1_CallError, _tessera_v1_CallError__Output>
      CallOrder: MessageTypeDefinition<_tessera_v1_CallOrder, _tessera_v1_CallOrder__Output>
      ConditioningUpload: MessageTypeDefinition<_tessera_v1_ConditioningUpload, _tessera_v1_ConditioningUpload__Output>
      DataType: EnumTypeDefinition
      DenoiserPartService: SubtypeConstructor<typeof grpc.Client, _tessera_v1_DenoiserPartServiceClient> & { service: _tessera_v1_DenoiserPartServiceDefinition }
      DenoiserService: SubtypeConstructor<typeof grpc.Client, _tessera_v1_DenoiserServiceClient> & { service: _tessera_v1_DenoiserServiceDefinition }
      NamedTensor: MessageTypeDefinition<_tessera_v1_NamedTensor, _tessera_v1_NamedTensor__Output>
      PartRan: MessageTypeDefinition<_tessera_v1_PartRan, _tessera_v1_PartRan__Output>
      PartRun: MessageTypeDefinition<_tessera_v1_PartRun, _tessera_v1_PartRun__Output>
      PredictCall: MessageTypeDefinition<_tessera_v1_PredictCall, _tessera_v1_PredictCall__Output>
      PredictCancel: MessageTypeDefinition<_tessera_v1_PredictCancel, _tessera_v1_PredictCancel__Output>
      PredictRequest: MessageTypeDefinition<_tessera_v1_PredictRequest, _tessera_v1_PredictRequest__Output>
      PredictResponse: MessageTypeDefinition<_tessera_v1_PredictResponse, _tessera_v1_PredictResponse__Output>
      Predictions: MessageTypeDefinition<_tessera_v1_Predictions, _tessera_v1_Predictions__Output>
      RunPartRequest: MessageTypeDefinition<_tessera_v1_RunPartRequest, _tessera_v1_RunPartRequest__Output>
      RunPartResponse: MessageTypeDefinition<_tessera_v1_RunPartResponse, _tessera_v1_RunPartResponse__Output>
      Tensor: MessageTypeDefinition<_tessera_v1_Tensor, _tessera_v1_Tensor__Output>
      TensorPart: MessageTypeDefinition<_tessera_v1_TensorPart, _tessera_v1_TensorPart__Output>
    }
  }
}

