// Original file: proto/tessera/v1/generation_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CancelRequest as _tessera_v1_CancelRequest, CancelRequest__Output as _tessera_v1_CancelRequest__Output } from '../../tessera/v1/CancelRequest.js';
import type { CancelResponse as _tessera_v1_CancelResponse, CancelResponse__Output as _tessera_v1_CancelResponse__Output } from '../../tessera/v1/CancelResponse.js';
import type { DeleteGenerationRequest as _tessera_v1_DeleteGenerationRequest, DeleteGenerationRequest__Output as _tessera_v1_DeleteGenerationRequest__Output } from '../../tessera/v1/DeleteGenerationRequest.js';
import type { DeleteGenerationResponse as _tessera_v1_DeleteGenerationResponse, DeleteGenerationResponse__Output as _tessera_v1_DeleteGenerationResponse__Output } from '../../tessera/v1/DeleteGenerationResponse.js';
import type { DownloadImageRequest as _tessera_v1_DownloadImageRequest, DownloadImageRequest__Output as _tessera_v1_DownloadImageRequest__Output } from '../../tessera/v1/DownloadImageRequest.js';
import type { DownloadImageResponse as _tessera_v1_DownloadImageResponse, DownloadImageResponse__Output as _tessera_v1_DownloadImageResponse__Output } from '../../tessera/v1/DownloadImageResponse.js';
import type { GenerateRequest as _tessera_v1_GenerateRequest, GenerateRequest__Output as _tessera_v1_GenerateRequest__Output } from '../../tessera/v1/GenerateRequest.js';
import type { GenerateResponse as _tessera_v1_GenerateResponse, GenerateResponse__Output as _tessera_v1_GenerateResponse__Output } from '../../tessera/v1/GenerateResponse.js';
import type { GetClusterStatusRequest as _tessera_v1_GetClusterStatusRequest, GetClusterStatusRequest__Output as _tessera_v1_GetClusterStatusRequest__Output } from '../../tessera/v1/GetClusterStatusRequest.js';
import type { GetClusterStatusResponse as _tessera_v1_GetClusterStatusResponse, GetClusterStatusResponse__Output as _tessera_v1_GetClusterStatusResponse__Output } from '../../tessera/v1/GetClusterStatusResponse.js';
import type { GetGenerationRequest as _tessera_v1_GetGenerationRequest, GetGenerationRequest__Output as _tessera_v1_GetGenerationRequest__Output } from '../../tessera/v1/GetGenerationRequest.js';
import type { GetGenerationResponse as _tessera_v1_GetGenerationResponse, GetGenerationResponse__Output as _tessera_v1_GetGenerationResponse__Output } from '../../tessera/v1/GetGenerationResponse.js';
import type { ListGenerationsRequest as _tessera_v1_ListGenerationsRequest, ListGenerationsRequest__Output as _tessera_v1_ListGenerationsRequest__Output } from '../../tessera/v1/ListGenerationsRequest.js';
import type { ListGenerationsResponse as _tessera_v1_ListGenerationsResponse, ListGenerationsResponse__Output as _tessera_v1_ListGenerationsResponse__Output } from '../../tessera/v1/ListGenerationsResponse.js';
import type { ListModelsRequest as _tessera_v1_ListModelsRequest, ListModelsRequest__Output as _tessera_v1_ListModelsRequest__Output } from '../../tessera/v1/ListModelsRequest.js';
import type { ListModelsResponse as _tessera_v1_ListModelsResponse, ListModelsResponse__Output as _tessera_v1_ListModelsResponse__Output } from '../../tessera/v1/ListModelsResponse.js';
import type { WatchRequest as _tessera_v1_WatchRequest, WatchRequest__Output as _tessera_v1_WatchRequest__Output } from '../../tessera/v1/WatchRequest.js';
import type { WatchResponse as _tessera_v1_WatchResponse, WatchResponse__Output as _tessera_v1_WatchResponse__Output } from '../../tessera/v1/WatchResponse.js';

export interface GenerationServiceClient extends grpc.Client {
  Cancel(argument: _tessera_v1_CancelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  Cancel(argument: _tessera_v1_CancelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  Cancel(argument: _tessera_v1_CancelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  Cancel(argument: _tessera_v1_CancelRequest, callback: grpc.requestCallback<_tessera_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _tessera_v1_CancelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _tessera_v1_CancelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _tessera_v1_CancelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _tessera_v1_CancelRequest, callback: grpc.requestCallback<_tessera_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  
  DeleteGeneration(argument: _tessera_v1_DeleteGenerationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_DeleteGenerationResponse__Output>): grpc.ClientUnaryCall;
  DeleteGeneration(argument: _tessera_v1_DeleteGenerationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_DeleteGenerationResponse__Output>): grpc.ClientUnaryCall;
  DeleteGeneration(argument: _tessera_v1_DeleteGenerationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_DeleteGenerationResponse__Output>): grpc.ClientUnaryCall;
  DeleteGeneration(argument: _tessera_v1_DeleteGenerationRequest, callback: grpc.requestCallback<_tessera_v1_DeleteGenerationResponse__Output>): grpc.ClientUnaryCall;
  deleteGeneration(argument: _tessera_v1_DeleteGenerationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_DeleteGenerationResponse__Output>): grpc.ClientUnaryCall;
  deleteGeneration(argument: _tessera_v1_DeleteGenerationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_DeleteGenerationResponse__Output>): grpc.ClientUnaryCall;
  deleteGeneration(argument: _tessera_v1_DeleteGenerationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_DeleteGenerationResponse__Output>): grpc.ClientUnaryCall;
  deleteGeneration(argument: _tessera_v1_DeleteGenerationRequest, callback: grpc.requestCallback<_tessera_v1_DeleteGenerationResponse__Output>): grpc.ClientUnaryCall;
  
  DownloadImage(argument: _tessera_v1_DownloadImageRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_DownloadImageResponse__Output>;
  DownloadImage(argument: _tessera_v1_DownloadImageRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_DownloadImageResponse__Output>;
  downloadImage(argument: _tessera_v1_DownloadImageRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_DownloadImageResponse__Output>;
  downloadImage(argument: _tessera_v1_DownloadImageRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_DownloadImageResponse__Output>;
  
  Generate(argument: _tessera_v1_GenerateRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_GenerateResponse__Output>;
  Generate(argument: _tessera_v1_GenerateRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_GenerateResponse__Output>;
  generate(argument: _tessera_v1_GenerateRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_GenerateResponse__Output>;
  generate(argument: _tessera_v1_GenerateRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_GenerateResponse__Output>;
  
  GetClusterStatus(argument: _tessera_v1_GetClusterStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  GetClusterStatus(argument: _tessera_v1_GetClusterStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  GetClusterStatus(argument: _tessera_v1_GetClusterStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  GetClusterStatus(argument: _tessera_v1_GetClusterStatusRequest, callback: grpc.requestCallback<_tessera_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  getClusterStatus(argument: _tessera_v1_GetClusterStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  getClusterStatus(argument: _tessera_v1_GetClusterStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  getClusterStatus(argument: _tessera_v1_GetClusterStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  getClusterStatus(argument: _tessera_v1_GetClusterStatusRequest, callback: grpc.requestCallback<_tessera_v1_GetClusterStatusResponse__Output>): grpc.ClientUnaryCall;
  
  GetGeneration(argument: _tessera_v1_GetGenerationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_GetGenerationResponse__Output>): grpc.ClientUnaryCall;
  GetGeneration(argument: _tessera_v1_GetGenerationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_GetGenerationResponse__Output>): grpc.ClientUnaryCall;
  GetGeneration(argument: _tessera_v1_GetGenerationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_GetGenerationResponse__Output>): grpc.ClientUnaryCall;
  GetGeneration(argument: _tessera_v1_GetGenerationRequest, callback: grpc.requestCallback<_tessera_v1_GetGenerationResponse__Output>): grpc.ClientUnaryCall;
  getGeneration(argument: _tessera_v1_GetGenerationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_GetGenerationResponse__Output>): grpc.ClientUnaryCall;
  getGeneration(argument: _tessera_v1_GetGenerationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_GetGenerationResponse__Output>): grpc.ClientUnaryCall;
  getGeneration(argument: _tessera_v1_GetGenerationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_GetGenerationResponse__Output>): grpc.ClientUnaryCall;
  getGeneration(argument: _tessera_v1_GetGenerationRequest, callback: grpc.requestCallback<_tessera_v1_GetGenerationResponse__Output>): grpc.ClientUnaryCall;
  
  ListGenerations(argument: _tessera_v1_ListGenerationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_ListGenerationsResponse__Output>): grpc.ClientUnaryCall;
  ListGenerations(argument: _tessera_v1_ListGenerationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_ListGenerationsResponse__Output>): grpc.ClientUnaryCall;
  ListGenerations(argument: _tessera_v1_ListGenerationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_ListGenerationsResponse__Output>): grpc.ClientUnaryCall;
  ListGenerations(argument: _tessera_v1_ListGenerationsRequest, callback: grpc.requestCallback<_tessera_v1_ListGenerationsResponse__Output>): grpc.ClientUnaryCall;
  listGenerations(argument: _tessera_v1_ListGenerationsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_ListGenerationsResponse__Output>): grpc.ClientUnaryCall;
  listGenerations(argument: _tessera_v1_ListGenerationsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_ListGenerationsResponse__Output>): grpc.ClientUnaryCall;
  listGenerations(argument: _tessera_v1_ListGenerationsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_ListGenerationsResponse__Output>): grpc.ClientUnaryCall;
  listGenerations(argument: _tessera_v1_ListGenerationsRequest, callback: grpc.requestCallback<_tessera_v1_ListGenerationsResponse__Output>): grpc.ClientUnaryCall;
  
  ListModels(argument: _tessera_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _tessera_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _tessera_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  ListModels(argument: _tessera_v1_ListModelsRequest, callback: grpc.requestCallback<_tessera_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _tessera_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _tessera_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tessera_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _tessera_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tessera_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  listModels(argument: _tessera_v1_ListModelsRequest, callback: grpc.requestCallback<_tessera_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  
  Watch(argument: _tessera_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_WatchResponse__Output>;
  Watch(argument: _tessera_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_WatchResponse__Output>;
  watch(argument: _tessera_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_WatchResponse__Output>;
  watch(argument: _tessera_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tessera_v1_WatchResponse__Output>;
  
}

export interface GenerationServiceHandlers extends grpc.UntypedServiceImplementation {
  Cancel: grpc.handleUnaryCall<_tessera_v1_CancelRequest__Output, _tessera_v1_CancelResponse>;
  
  DeleteGeneration: grpc.handleUnaryCall<_tessera_v1_DeleteGenerationRequest__Output, _tessera_v1_DeleteGenerationResponse>;
  
  DownloadImage: grpc.handleServerStreamingCall<_tessera_v1_DownloadImageRequest__Output, _tessera_v1_DownloadImageResponse>;
  
  Generate: grpc.handleServerStreamingCall<_tessera_v1_GenerateRequest__Output, _tessera_v1_GenerateResponse>;
  
  GetClusterStatus: grpc.handleUnaryCall<_tessera_v1_GetClusterStatusRequest__Output, _tessera_v1_GetClusterStatusResponse>;
  
  GetGeneration: grpc.handleUnaryCall<_tessera_v1_GetGenerationRequest__Output, _tessera_v1_GetGenerationResponse>;
  
  ListGenerations: grpc.handleUnaryCall<_tessera_v1_ListGenerationsRequest__Output, _tessera_v1_ListGenerationsResponse>;
  
  ListModels: grpc.handleUnaryCall<_tessera_v1_ListModelsRequest__Output, _tessera_v1_ListModelsResponse>;
  
  Watch: grpc.handleServerStreamingCall<_tessera_v1_WatchRequest__Output, _tessera_v1_WatchResponse>;
  
}

export interface GenerationServiceDefinition extends grpc.ServiceDefinition {
  Cancel: MethodDefinition<_tessera_v1_CancelRequest, _tessera_v1_CancelResponse, _tessera_v1_CancelRequest__Output, _tessera_v1_CancelResponse__Output>
  DeleteGeneration: MethodDefinition<_tessera_v1_DeleteGenerationRequest, _tessera_v1_DeleteGenerationResponse, _tessera_v1_DeleteGenerationRequest__Output, _tessera_v1_DeleteGenerationResponse__Output>
  DownloadImage: MethodDefinition<_tessera_v1_DownloadImageRequest, _tessera_v1_DownloadImageResponse, _tessera_v1_DownloadImageRequest__Output, _tessera_v1_DownloadImageResponse__Output>
  Generate: MethodDefinition<_tessera_v1_GenerateRequest, _tessera_v1_GenerateResponse, _tessera_v1_GenerateRequest__Output, _tessera_v1_GenerateResponse__Output>
  GetClusterStatus: MethodDefinition<_tessera_v1_GetClusterStatusRequest, _tessera_v1_GetClusterStatusResponse, _tessera_v1_GetClusterStatusRequest__Output, _tessera_v1_GetClusterStatusResponse__Output>
  GetGeneration: MethodDefinition<_tessera_v1_GetGenerationRequest, _tessera_v1_GetGenerationResponse, _tessera_v1_GetGenerationRequest__Output, _tessera_v1_GetGenerationResponse__Output>
  ListGenerations: MethodDefinition<_tessera_v1_ListGenerationsRequest, _tessera_v1_ListGenerationsResponse, _tessera_v1_ListGenerationsRequest__Output, _tessera_v1_ListGenerationsResponse__Output>
  ListModels: MethodDefinition<_tessera_v1_ListModelsRequest, _tessera_v1_ListModelsResponse, _tessera_v1_ListModelsRequest__Output, _tessera_v1_ListModelsResponse__Output>
  Watch: MethodDefinition<_tessera_v1_WatchRequest, _tessera_v1_WatchResponse, _tessera_v1_WatchRequest__Output, _tessera_v1_WatchResponse__Output>
}
