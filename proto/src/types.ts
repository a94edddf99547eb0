// Wire types, under the names of the protos; those that core also has are prefixed with Wire.

export type { BandMessage, BandMessage__Output } from './generated/tessera/v1/BandMessage.js';
export type { BandShare, BandShare__Output } from './generated/tessera/v1/BandShare.js';
export type { CacheUse, CacheUse__Output } from './generated/tessera/v1/CacheUse.js';
export type { CallError, CallError__Output } from './generated/tessera/v1/CallError.js';
export type { CallOrder, CallOrder__Output } from './generated/tessera/v1/CallOrder.js';
export type { CancelRequest, CancelRequest__Output } from './generated/tessera/v1/CancelRequest.js';
export type { CancelResponse, CancelResponse__Output } from './generated/tessera/v1/CancelResponse.js';
export type {
  CompletedImage as WireCompletedImage,
  CompletedImage__Output as WireCompletedImage__Output,
} from './generated/tessera/v1/CompletedImage.js';
export type {
  ComposePlan as WireComposePlan,
  ComposePlan__Output as WireComposePlan__Output,
} from './generated/tessera/v1/ComposePlan.js';
export type { ConditioningUpload, ConditioningUpload__Output } from './generated/tessera/v1/ConditioningUpload.js';
export type { DataType, DataType__Output } from './generated/tessera/v1/DataType.js';
export type { DecodeBandsRequest, DecodeBandsRequest__Output } from './generated/tessera/v1/DecodeBandsRequest.js';
export type { DecodeBandsResponse, DecodeBandsResponse__Output } from './generated/tessera/v1/DecodeBandsResponse.js';
export type {
  DecodePlan as WireDecodePlan,
  DecodePlan__Output as WireDecodePlan__Output,
} from './generated/tessera/v1/DecodePlan.js';
export type { DecodeRequest, DecodeRequest__Output } from './generated/tessera/v1/DecodeRequest.js';
export type { DecodeResponse, DecodeResponse__Output } from './generated/tessera/v1/DecodeResponse.js';
export type {
  DecoderServiceClient,
  DecoderServiceDefinition,
  DecoderServiceHandlers,
} from './generated/tessera/v1/DecoderService.js';
export type {
  DeleteGenerationRequest,
  DeleteGenerationRequest__Output,
} from './generated/tessera/v1/DeleteGenerationRequest.js';
export type {
  DeleteGenerationResponse,
  DeleteGenerationResponse__Output,
} from './generated/tessera/v1/DeleteGenerationResponse.js';
export type {
  DenoiserPartServiceClient,
  DenoiserPartServiceDefinition,
  DenoiserPartServiceHandlers,
} from './generated/tessera/v1/DenoiserPartService.js';
export type {
  DenoiserServiceClient,
  DenoiserServiceDefinition,
  DenoiserServiceHandlers,
} from './generated/tessera/v1/DenoiserService.js';
export type { DescribeRequest, DescribeRequest__Output } from './generated/tessera/v1/DescribeRequest.js';
export type { DescribeResponse, DescribeResponse__Output } from './generated/tessera/v1/DescribeResponse.js';
export type {
  DownloadImageRequest,
  DownloadImageRequest__Output,
} from './generated/tessera/v1/DownloadImageRequest.js';
export type {
  DownloadImageResponse,
  DownloadImageResponse__Output,
} from './generated/tessera/v1/DownloadImageResponse.js';
export type {
  ErrorCode as WireErrorCode,
  ErrorCode__Output as WireErrorCode__Output,
} from './generated/tessera/v1/ErrorCode.js';
export type { EvaluationCost, EvaluationCost__Output } from './generated/tessera/v1/EvaluationCost.js';
export type { GatewayStatus, GatewayStatus__Output } from './generated/tessera/v1/GatewayStatus.js';
export type { GenerateRequest, GenerateRequest__Output } from './generated/tessera/v1/GenerateRequest.js';
export type { GenerateResponse, GenerateResponse__Output } from './generated/tessera/v1/GenerateResponse.js';
export type { Generation, Generation__Output } from './generated/tessera/v1/Generation.js';
export type {
  _tessera_v1_GenerationEvent_Accepted,
  _tessera_v1_GenerationEvent_Accepted__Output,
  _tessera_v1_GenerationEvent_Cancelled,
  _tessera_v1_GenerationEvent_Cancelled__Output,
  _tessera_v1_GenerationEvent_Completed,
  _tessera_v1_GenerationEvent_Completed__Output,
  _tessera_v1_GenerationEvent_Failed,
  _tessera_v1_GenerationEvent_Failed__Output,
  _tessera_v1_GenerationEvent_Preview,
  _tessera_v1_GenerationEvent_Preview__Output,
  _tessera_v1_GenerationEvent_Progress,
  _tessera_v1_GenerationEvent_Progress__Output,
  _tessera_v1_GenerationEvent_Queued,
  _tessera_v1_GenerationEvent_Queued__Output,
  _tessera_v1_GenerationEvent_Region,
  _tessera_v1_GenerationEvent_Region__Output,
  _tessera_v1_GenerationEvent_Restarted,
  _tessera_v1_GenerationEvent_Restarted__Output,
  _tessera_v1_GenerationEvent_Started,
  _tessera_v1_GenerationEvent_Started__Output,
  GenerationEvent as WireGenerationEvent,
  GenerationEvent__Output as WireGenerationEvent__Output,
} from './generated/tessera/v1/GenerationEvent.js';
export type { GenerationPlan, GenerationPlan__Output } from './generated/tessera/v1/GenerationPlan.js';
export type {
  GenerationServiceClient,
  GenerationServiceDefinition,
  GenerationServiceHandlers,
} from './generated/tessera/v1/GenerationService.js';
export type {
  GenerationState as WireGenerationState,
  GenerationState__Output as WireGenerationState__Output,
} from './generated/tessera/v1/GenerationState.js';
export type {
  GetClusterStatusRequest,
  GetClusterStatusRequest__Output,
} from './generated/tessera/v1/GetClusterStatusRequest.js';
export type {
  GetClusterStatusResponse,
  GetClusterStatusResponse__Output,
} from './generated/tessera/v1/GetClusterStatusResponse.js';
export type {
  GetGenerationRequest,
  GetGenerationRequest__Output,
} from './generated/tessera/v1/GetGenerationRequest.js';
export type {
  GetGenerationResponse,
  GetGenerationResponse__Output,
} from './generated/tessera/v1/GetGenerationResponse.js';
export type { Image as WireImage, Image__Output as WireImage__Output } from './generated/tessera/v1/Image.js';
export type {
  ImageEncoderServiceClient,
  ImageEncoderServiceDefinition,
  ImageEncoderServiceHandlers,
} from './generated/tessera/v1/ImageEncoderService.js';
export type {
  ImageEncoderServiceEncodeRequest,
  ImageEncoderServiceEncodeRequest__Output,
} from './generated/tessera/v1/ImageEncoderServiceEncodeRequest.js';
export type {
  ImageEncoderServiceEncodeResponse,
  ImageEncoderServiceEncodeResponse__Output,
} from './generated/tessera/v1/ImageEncoderServiceEncodeResponse.js';
export type {
  ImageFormat as WireImageFormat,
  ImageFormat__Output as WireImageFormat__Output,
} from './generated/tessera/v1/ImageFormat.js';
export type {
  ListGenerationsRequest,
  ListGenerationsRequest__Output,
} from './generated/tessera/v1/ListGenerationsRequest.js';
export type {
  ListGenerationsResponse,
  ListGenerationsResponse__Output,
} from './generated/tessera/v1/ListGenerationsResponse.js';
export type { ListModelsRequest, ListModelsRequest__Output } from './generated/tessera/v1/ListModelsRequest.js';
export type { ListModelsResponse, ListModelsResponse__Output } from './generated/tessera/v1/ListModelsResponse.js';
export type { NamedTensor, NamedTensor__Output } from './generated/tessera/v1/NamedTensor.js';
export type { OutputOptions, OutputOptions__Output } from './generated/tessera/v1/OutputOptions.js';
export type { PartRan, PartRan__Output } from './generated/tessera/v1/PartRan.js';
export type { PartRun, PartRun__Output } from './generated/tessera/v1/PartRun.js';
export type {
  PredictCall as WirePredictCall,
  PredictCall__Output as WirePredictCall__Output,
} from './generated/tessera/v1/PredictCall.js';
export type { PredictCancel, PredictCancel__Output } from './generated/tessera/v1/PredictCancel.js';
export type { Predictions, Predictions__Output } from './generated/tessera/v1/Predictions.js';
export type { PredictRequest, PredictRequest__Output } from './generated/tessera/v1/PredictRequest.js';
export type { PredictResponse, PredictResponse__Output } from './generated/tessera/v1/PredictResponse.js';
export type { PreviewOptions, PreviewOptions__Output } from './generated/tessera/v1/PreviewOptions.js';
export type { Receipt as WireReceipt, Receipt__Output as WireReceipt__Output } from './generated/tessera/v1/Receipt.js';
export type { RunPartRequest, RunPartRequest__Output } from './generated/tessera/v1/RunPartRequest.js';
export type { RunPartResponse, RunPartResponse__Output } from './generated/tessera/v1/RunPartResponse.js';
export type {
  SeamFigures as WireSeamFigures,
  SeamFigures__Output as WireSeamFigures__Output,
} from './generated/tessera/v1/SeamFigures.js';
export type { ServedModel, ServedModel__Output } from './generated/tessera/v1/ServedModel.js';
export type { Stage, Stage__Output } from './generated/tessera/v1/Stage.js';
export type { StageTiming, StageTiming__Output } from './generated/tessera/v1/StageTiming.js';
export type { Tensor as WireTensor, Tensor__Output as WireTensor__Output } from './generated/tessera/v1/Tensor.js';
export type { TensorPart, TensorPart__Output } from './generated/tessera/v1/TensorPart.js';
export type {
  TextEncoderServiceClient,
  TextEncoderServiceDefinition,
  TextEncoderServiceHandlers,
} from './generated/tessera/v1/TextEncoderService.js';
export type {
  TextEncoderServiceEncodeRequest,
  TextEncoderServiceEncodeRequest__Output,
} from './generated/tessera/v1/TextEncoderServiceEncodeRequest.js';
export type {
  TextEncoderServiceEncodeResponse,
  TextEncoderServiceEncodeResponse__Output,
} from './generated/tessera/v1/TextEncoderServiceEncodeResponse.js';
export type { Tiling as WireTiling, Tiling__Output as WireTiling__Output } from './generated/tessera/v1/Tiling.js';
export type { WatchRequest, WatchRequest__Output } from './generated/tessera/v1/WatchRequest.js';
export type { WatchResponse, WatchResponse__Output } from './generated/tessera/v1/WatchResponse.js';
export type { Window as WireWindow, Window__Output as WireWindow__Output } from './generated/tessera/v1/Window.js';
export type { WorkerLoad, WorkerLoad__Output } from './generated/tessera/v1/WorkerLoad.js';
export type { WorkerModel, WorkerModel__Output } from './generated/tessera/v1/WorkerModel.js';
export type {
  WorkerServiceClient,
  WorkerServiceDefinition,
  WorkerServiceHandlers,
} from './generated/tessera/v1/WorkerService.js';
export type {
  WorkerServiceWatchRequest,
  WorkerServiceWatchRequest__Output,
} from './generated/tessera/v1/WorkerServiceWatchRequest.js';
export type {
  WorkerServiceWatchResponse,
  WorkerServiceWatchResponse__Output,
} from './generated/tessera/v1/WorkerServiceWatchResponse.js';
export type { WorkerState, WorkerState__Output } from './generated/tessera/v1/WorkerState.js';
export type { WorkerStatus, WorkerStatus__Output } from './generated/tessera/v1/WorkerStatus.js';
