export { ConditioningStore, type StoredConditioning } from './conditioning-store.js';
export { Denoiser } from './denoiser.js';
export { DenoiserNetwork } from './denoiser-network.js';
export type {
  DenoiserCall,
  DenoiserResult,
  Evaluation,
  EvaluationNetwork,
  NetworkRun,
  PendingNetworkRun,
} from './evaluation.js';
export { measureNetwork, type NetworkMeasurement } from './measure-network.js';
export { type CutDenoiser, type CutPart, cutDenoiser, writePart } from './parts/cut-denoiser.js';
export { type OpenPartSetup, openPart } from './parts/open-part.js';
export {
  PART_LINK_TIMES,
  PART_PROTECTIONS,
  PartLink,
  type PartLinkTimes,
  type PartProtections,
} from './parts/part-link.js';
export { PROTECTIONS, type Protections } from './protections.js';
export { RunLoop } from './run-loop.js';
export { logRuns, type RunRecord } from './run-record.js';
export { RunSpans } from './run-spans.js';
export { createDenoiserHandlers } from './service.js';
export { Solitude } from './solitude.js';
export { startDenoiser } from './start-denoiser.js';
