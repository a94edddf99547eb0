import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { CacheUse as _tessera_v1_CacheUse, CacheUse__Output as _tessera_v1_CacheUse__Output } from './tessera/v1/CacheUse.js';
import type { CancelRequest as _tessera_v1_CancelRequest, CancelRequest__Output as _tessera_v1_CancelRequest__Output } from './tessera/v1/CancelRequest.js';
import type { CancelResponse as _tessera_v1_CancelResponse, CancelResponse__Output as _tessera_v1_CancelResponse__Output } from './tessera/v1/CancelResponse.js';
import type { CompletedImage as _tessera_v1_CompletedImage, CompletedImage__Output as _tessera_v1_CompletedImage__Output } from './tessera/v1/CompletedImage.js';
import type { ComposeOptions as _tessera_v1_ComposeOptions, ComposeOptions__Output as _tessera_v1_ComposeOptions__Output } from './tessera/v1/ComposeOptions.js';
import type { ComposePlan as _tessera_v1_ComposePlan, ComposePlan__Output as _tessera_v1_ComposePlan__Output } from './tessera/v1/ComposePlan.js';
import type { DecodePlan as _tessera_v1_DecodePlan, DecodePlan__Output as _tessera_v1_DecodePlan__Output } from './tessera/v1/DecodePlan.js';
import type { DeleteGenerationRequest as _tessera_v1_DeleteGenerationRequest, DeleteGenerationRequest__Output as _tessera_v1_DeleteGenerationRequest__Output } from './tessera/v1/DeleteGenerationRequest.js';
import type { DeleteGenerationResponse as _tessera_v1_DeleteGenerationResponse, DeleteGenerationResponse__Output as _tessera_v1_DeleteGenerationResponse__Output } from './tessera/v1/DeleteGenerationResponse.js';
import type { DescribeRequest as _tessera_v1_DescribeRequest, DescribeRequest__Output as _tessera_v1_DescribeRequest__Output } from './tessera/v1/DescribeRequest.js';
import type { DescribeResponse as _tessera_v1_DescribeResponse, DescribeResponse__Output as _tessera_v1_DescribeResponse__Output } from './tessera/v1/DescribeResponse.js';
import type { DownloadImageRequest as _tessera_v1_DownloadImageRequest, DownloadImageRequest__Output as _tessera_v1_DownloadImageRequest__Output } from './tessera/v1/DownloadImageRequest.js';
import type { DownloadImageResponse as _tessera_v1_DownloadImageResponse, DownloadImageResponse__Output as _tessera_v1_DownloadImageResponse__Output } from './tessera/v1/DownloadImageResponse.js';
import type { EvaluationCost as _tessera_v1_EvaluationCost, EvaluationCost__Output as _tessera_v1_EvaluationCost__Output } from './tessera/v1/EvaluationCost.js';
import type { GatewayStatus as _tessera_v1_GatewayStatus, GatewayStatus__Output as _tessera_v1_GatewayStatus__Output } from './tessera/v1/GatewayStatus.js';
import type { GenerateRequest as _tessera_v1_GenerateRequest, GenerateRequest__Output as _tessera_v1_GenerateRequest__Output } from './tessera/v1/GenerateRequest.js';
import type { GenerateResponse as _tessera_v1_GenerateResponse, GenerateResponse__Output as _tessera_v1_GenerateResponse__Output } from './tessera/v1/GenerateResponse.js';
import type { Generation as _tessera_v1_Generation, Generation__Output as _tessera_v1_Generation__Output } from './tessera/v1/Generation.js';
import type { GenerationEvent as _tessera_v1_GenerationEvent, GenerationEvent__Output as _tessera_v1_GenerationEvent__Output } from './tessera/v1/GenerationEvent.js';
import type { GenerationPlan as _tessera_v1_GenerationPlan, GenerationPlan__Output as _tessera_v1_GenerationPlan__Output } from './tessera/v1/GenerationPlan.js';
import type { GenerationServiceClient as _tessera_v1_GenerationServiceClient, GenerationServiceDefinition as _tessera_v1_GenerationServiceDefinition } from './tessera/v1/GenerationService.js';
import type { GetClusterStatusRequest as _tessera_v1_GetClusterStatusRequest, GetClusterStatusRequest__Output as _tessera_v1_GetClusterStatusRequest__Output } from './tessera/v1/GetClusterStatusRequest.js';
import type { GetClusterStatusResponse as _tessera_v1_GetClusterStatusResponse, GetClusterStatusResponse__Output as _tessera_v1_GetClusterStatusResponse__Output } from './tessera/v1/GetClusterStatusResponse.js';
import type { GetGenerationRequest as _tessera_v1_GetGenerationRequest, GetGenerationRequest__Output as _tessera_v1_GetGenerationRequest__Output } from './tessera/v1/GetGenerationRequest.js';
import type { GetGenerationResponse as _tessera_v1_GetGenerationResponse, GetGenerationResponse__Output as _tessera_v1_GetGenerationResponse__Output } from './tessera/v1/GetGenerationResponse.js';
import type { Image as _tessera_v1_Image, Image__Output as _tessera_v1_Image__Output } from './tessera/v1/Image.js';
import type { LedgerCount as _tessera_v1_LedgerCount, LedgerCount__Output as _tessera_v1_LedgerCount__Output } from './tessera/v1/LedgerCount.js';
import type { ListGenerationsRequest as _tessera_v1_ListGenerationsRequest, ListGenerationsRequest__Output as _tessera_v1_ListGenerationsRequest__Output } from './tessera/v1/ListGenerationsRequest.js';
import type { ListGenerationsResponse as _tessera_v1_ListGenerationsResponse, ListGenerationsResponse__Output as _tessera_v1_ListGenerationsResponse__Output } from './tessera/v1/ListGenerationsResponse.js';
import type { ListModelsRequest as _tessera_v1_ListModelsRequest, ListModelsRequest__Output as _tessera_v1_ListModelsRequest__Output } from './tessera/v1/ListModelsRequest.js';
import type { ListModelsResponse as _tessera_v1_ListModelsResponse, ListModelsResponse__Output as _tessera_v1_ListModelsResponse__Output } from './tessera/v1/ListModelsResponse.js';
import type { OutputOptions as _tessera_v1_OutputOptions, OutputOptions__Output as _tessera_v1_OutputOptions__Output } from './tessera/v1/OutputOptions.js';
import type { PreviewOptions as _tessera_v1_PreviewOptions, PreviewOptions__Output as _tessera_v1_PreviewOptions__Output } from './tessera/v1/PreviewOptions.js';
import type { Receipt as _tessera_v1_Receipt, Receipt__Output as _tessera_v1_Receipt__Output } from './tessera/v1/Receipt.js';
import type { ReceiptRestart as _tessera_v1_ReceiptRestart, ReceiptRestart__Output as _tessera_v1_ReceiptRestart__Output } from './tessera/v1/ReceiptRestart.js';
import type { SeamEdge as _tessera_v1_SeamEdge, SeamEdge__Output as _tessera_v1_SeamEdge__Output } from './tessera/v1/SeamEdge.js';
import type { SeamFigures as _tessera_v1_SeamFigures, SeamFigures__Output as _tessera_v1_SeamFigures__Output } from './tessera/v1/SeamFigures.js';
import type { ServedModel as _tessera_v1_ServedModel, ServedModel__Output as _tessera_v1_ServedModel__Output } from './tessera/v1/ServedModel.js';
import type { StageTiming as _tessera_v1_StageTiming, StageTiming__Output as _tessera_v1_StageTiming__Output } from './tessera/v1/StageTiming.js';
import type { Tiling as _tessera_v1_Tiling, Tiling__Output as _tessera_v1_Tiling__Output } from './tessera/v1/Tiling.js';
import type { WatchRequest as _tessera_v1_WatchRequest, WatchRequest__Output as _tessera_v1_WatchRequest__Output } from './tessera/v1/WatchRequest.js';
import type { WatchResponse as _tessera_v1_WatchResponse, WatchResponse__Output as _tessera_v1_WatchResponse__Output } from './tessera/v1/WatchResponse.js';
import type { Window as _tessera_v1_Window, Window__Output as _tessera_v1_Window__Output } from './tessera/v1/Window.js';
import type { WorkerLoad as _tessera_v1_WorkerLoad, WorkerLoad__Output as _tessera_v1_WorkerLoad__Output } from './tessera/v1/WorkerLoad.js';
import type { WorkerModel as _tessera_v1_WorkerModel, WorkerModel__Output as _tessera_v1_WorkerModel__Output } from './tessera/v1/WorkerModel.js';
import type { WorkerServiceClient as _tessera_v1_WorkerServiceClient, WorkerServiceDefinition as _tessera_v1_WorkerServiceDefinition } from './tessera/v1/WorkerService.js';
import type { WorkerServiceWatchRequest as _tessera_v1_WorkerServiceWatchRequest, WorkerServiceWatchRequest__Output as _tessera_v1_WorkerServiceWatchRequest__Output } from './tessera/v1/WorkerServiceWatchRequest.js';
import type { WorkerServiceWatchResponse as _tessera_v1_WorkerServiceWatchResponse, WorkerServiceWatchResponse__Output as _tessera_v1_WorkerServiceWatchResponse__Output } from './tessera/v1/WorkerServiceWatchResponse.js';
import type { WorkerStatus as _tessera_v1_WorkerStatus, WorkerStatus__Output as _tessera_v1_WorkerStatus__Output } from './tessera/v1/WorkerStatus.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  tessera: {
    v1: {
      CacheUse: MessageTypeDefinition<_tessera_v1_CacheUse, _tessera_v1_CacheUse__Output>
      CancelRequest: MessageTypeDefinition<_tessera_v1_CancelRequest, _tessera_v1_CancelRequest__Output>
      CancelResponse: MessageTypeDefinition<_tessera_v1_CancelResponse, _tessera_v1_CancelResponse__Output>
      CompletedImage: MessageTypeDefinition<_tessera_v1_CompletedImage, _tessera_v1_CompletedImage__Output>
      ComposeOptions: MessageTypeDefinition<_tessera_v1_ComposeOptions, _tessera_v1_ComposeOptions__Output>
      ComposePlan: MessageTypeDefinition<_tessera_v1_ComposePlan, _tessera_v1_ComposePlan__Output>
      DecodePlan: MessageTypeDefinition<_tessera_v1_DecodePlan, _tessera_v1_DecodePlan__Output>
      DeleteGenerationRequest: MessageTypeDefinition<_tessera_v1_DeleteGenerationRequest, _tessera_v1_DeleteGenerationRequest__Output>
      DeleteGenerationResponse: MessageTypeDefinition<_tessera_v1_DeleteGenerationResponse, _tessera_v1_DeleteGenerationResponse__Output>
      DescribeRequest: MessageTypeDefinition<_tessera_v1_DescribeRequest, _tessera_v1_DescribeRequest__Output>
      DescribeResponse: MessageTypeDefinition<_tessera_v1_DescribeResponse, _tessera_v1_DescribeResponse__Output>
      DownloadImageRequest: MessageTypeDefinition<_tessera_v1_DownloadImageRequest, _tessera_v1_DownloadImageRequest__Output>
      DownloadImageResponse: MessageTypeDefinition<_tessera_v1_DownloadImageResponse, _tessera_v1_DownloadImageResponse__Output>
      ErrorCode: EnumTypeDefinition
      EvaluationCost: MessageTypeDefinition<_tessera_v1_EvaluationCost, _tessera_v1_EvaluationCost__Output>
      GatewayStatus: MessageTypeDefinition<_tessera_v1_GatewayStatus, _tessera_v1_GatewayStatus__Output>
      GenerateRequest: MessageTypeDefinition<_tessera_v1_GenerateRequest, _tessera_v1_GenerateRequest__Output>
      GenerateResponse: MessageTypeDefinition<_tessera_v1_GenerateResponse, _tessera_v1_GenerateResponse__Output>
      Generation: MessageTypeDefinition<_tessera_v1_Generation, _tessera_v1_Generation__Output>
      GenerationEvent: MessageTypeDefinition<_tessera_v1_GenerationEvent, _tessera_v1_GenerationEvent__Output>
      GenerationPlan: MessageTypeDefinition<_tessera_v1_GenerationPlan, _tessera_v1_GenerationPlan__Output>
      GenerationService: SubtypeConstructor<typeof grpc.Client, _tessera_v1_GenerationServiceClient> & { service: _tessera_v1_GenerationServiceDefinition }
      GenerationState: EnumTypeDefinition
      GetClusterStatusRequest: MessageTypeDefinition<_tessera_v1_GetClusterStatusRequest, _tessera_v1_GetClusterStatusRequest__Output>
      GetClusterStatusResponse: MessageTypeDefinition<_tessera_v1_GetClusterStatusResponse, _tessera_v1_GetClusterStatusResponse__Output>
      GetGenerationRequest: MessageTypeDefinition<_tessera_v1_GetGenerationRequest, _tessera_v1_GetGenerationRequest__Output>
      GetGenerationResponse: MessageTypeDefinition<_tessera_v1_GetGenerationResponse, _tessera_v1_GetGenerationResponse__Output>
      Image: MessageTypeDefinition<_tessera_v1_Image, _tessera_v1_Image__Output>
      ImageFormat: EnumTypeDefinition
      LedgerCount: MessageTypeDefinition<_tessera_v1_LedgerCount, _tessera_v1_LedgerCount__Output>
      ListGenerationsRequest: MessageTypeDefinition<_tessera_v1_ListGenerationsRequest, _tessera_v1_ListGenerationsRequest__Output>
      ListGenerationsResponse: MessageTypeDefinition<_tessera_v1_ListGenerationsResponse, _tessera_v1_ListGenerationsResponse__Output>
      ListModelsRequest: MessageTypeDefinition<_tessera_v1_ListModelsRequest, _tessera_v1_ListModelsRequest__Output>
      ListModelsResponse: MessageTypeDefinition<_tessera_v1_ListModelsResponse, _tessera_v1_ListModelsResponse__Output>
      OutputOptions: MessageTypeDefinition<_tessera_v1_OutputOptions, _tessera_v1_OutputOptions__Output>
      PreviewOptions: MessageTypeDefinition<_tessera_v1_PreviewOptions, _tessera_v1_PreviewOptions__Output>
      Receipt: MessageTypeDefinition<_tessera_v1_Receipt, _tessera_v1_Receipt__Output>
      ReceiptRestart: MessageTypeDefinition<_tessera_v1_ReceiptRestart, _tessera_v1_ReceiptRestart__Output>
      SeamEdge: MessageTypeDefinition<_tessera_v1_SeamEdge, _tessera_v1_SeamEdge__Output>
      SeamFigures: MessageTypeDefinition<_tessera_v1_SeamFigures, _tessera_v1_SeamFigures__Output>
      ServedModel: MessageTypeDefinition<_tessera_v1_ServedModel, _tessera_v1_ServedModel__Output>
      Stage: EnumTypeDefinition
      StageTiming: MessageTypeDefinition<_tessera_v1_StageTiming, _tessera_v1_StageTiming__Output>
      Tiling: MessageTypeDefinition<_tessera_v1_Tiling, _tessera_v1_Tiling__Output>
      WatchRequest: MessageTypeDefinition<_tessera_v1_WatchRequest, _tessera_v1_WatchRequest__Output>
      WatchResponse: MessageTypeDefinition<_tessera_v1_WatchResponse, _tessera_v1_WatchResponse__Output>
      Window: MessageTypeDefinition<_tessera_v1_Window, _tessera_v1_Window__Output>
      WorkerLoad: MessageTypeDefinition<_tessera_v1_WorkerLoad, _tessera_v1_WorkerLoad__Output>
      WorkerModel: MessageTypeDefinition<_tessera_v1_WorkerModel, _tessera_v1_WorkerModel__Output>
      WorkerService: SubtypeConstructor<typeof grpc.Client, _tessera_v1_WorkerServiceClient> & { service: _tessera_v1_WorkerServiceDefinition }
      WorkerServiceWatchRequest: MessageTypeDefinition<_tessera_v1_WorkerServiceWatchRequest, _tessera_v1_WorkerServiceWatchRequest__Output>
      WorkerServiceWatchResponse: MessageTypeDefinition<_tessera_v1_WorkerServiceWatchResponse, _tessera_v1_WorkerServiceWatchResponse__Output>
      WorkerState: EnumTypeDefinition
      WorkerStatus: MessageTypeDefinition<_tessera_v1_WorkerStatus, _tessera_v1_WorkerStatus__Output>
    }
  }
}

