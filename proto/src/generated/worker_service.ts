import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.js';
import type { DescribeRequest as _tessera_v1_DescribeRequest, DescribeRequest__Output as _tessera_v1_DescribeRequest__Output } from './tessera/v1/DescribeRequest.js';
import type { DescribeResponse as _tessera_v1_DescribeResponse, DescribeResponse__Output as _tessera_v1_DescribeResponse__Output } from './tessera/v1/DescribeResponse.js';
import type { EvaluationCost as _tessera_v1_EvaluationCost, EvaluationCost__Output as _tessera_v1_EvaluationCost__Output } from './tessera/v1/EvaluationCost.js';
import type { WorkerLoad as _tessera_v1_WorkerLoad, WorkerLoad__Output as _tessera_v1_WorkerLoad__Output } from './tessera/v1/WorkerLoad.js';
import type { WorkerModel as _tessera_v1_WorkerModel, WorkerModel__Output as _tessera_v1_WorkerModel__Output } from './tessera/v1/WorkerModel.js';
import type { WorkerServiceClient as _tessera_v1_WorkerServiceClient, WorkerServiceDefinition as _tessera_v1_WorkerServiceDefinition } from './tessera/v1/WorkerService.js';
import type { WorkerServiceWatchRequest as _tessera_v1_WorkerServiceWatchRequest, WorkerServiceWatchRequest__Output as _tessera_v1_WorkerServiceWatchRequest__Output } from './tessera/v1/WorkerServiceWatchRequest.js';
import type { WorkerServiceWatchResponse as _tessera_v1_WorkerServiceWatchResponse, WorkerServiceWatchResponse__Output as _tessera_v1_WorkerServiceWatchResponse__Output } from './tessera/v1/WorkerServiceWatchResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
    }
  }
  tessera: {
    v1: {
      DescribeRequest: MessageTypeDefinition<_tessera_v1_DescribeRequest, _tessera_v1_DescribeRequest__Output>
      DescribeResponse: MessageTypeDefinition<_tessera_v1_DescribeResponse, _tessera_v1_DescribeResponse__Output>
      EvaluationCost: MessageTypeDefinition<_tessera_v1_EvaluationCost, _tessera_v1_EvaluationCost__Output>
      Stage: EnumTypeDefinition
      WorkerLoad: MessageTypeDefinition<_tessera_v1_WorkerLoad, _tessera_v1_WorkerLoad__Output>
      WorkerModel: MessageTypeDefinition<_tessera_v1_WorkerModel, _tessera_v1_WorkerModel__Output>
      WorkerService: SubtypeConstructor<typeof grpc.Client, _tessera_v1_WorkerServiceClient> & { service: _tessera_v1_WorkerServiceDefinition }
      WorkerServiceWatchRequest: MessageTypeDefinition<_tessera_v1_WorkerServiceWatchRequest, _tessera_v1_WorkerServiceWatchRequest__Output>
      WorkerServiceWatchResponse: MessageTypeDefinition<_tessera_v1_WorkerServiceWatchResponse, _tessera_v1_WorkerServiceWatchResponse__Output>
      WorkerState: EnumTypeDefinition
    }
  }
}

