export type { CompletedImage, GenerationEvent, GenerationState, Image, PlanSummary, Receipt } from '@tessera/core';
export { TesseraError } from '@tessera/core';
export type { GenerationRequestInput, PreviewInput } from '@tessera/proto';
export { backoffMs, DEFAULT_RECONNECT_POLICY, type ReconnectPolicy } from './backoff.js';
export { type CallOptions, type ConnectOptions, connect, type ListOptions, TesseraClient } from './client.js';
export type {
  ClusterStatus,
  GatewayStatus,
  LedgerCount,
  ServedModel,
  WorkerHealth,
  WorkerLoad,
  WorkerStage,
  WorkerStatus,
} from './cluster-status.js';
export type { DownloadOptions } from './download.js';
export type { GenerateOptions, WatchOptions } from './generate.js';
export type { Generation } from './generation.js';
export { assertCarriable } from './request.js';
export type { SecurityOptions, TlsOptions } from './transport-security.js';
