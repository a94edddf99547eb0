export { ConditioningStore, type StoredConditioning } from './conditioning-store.js';
export { Denoiser } from './denoiser.js';
export { DenoiserNetwork } from './denoiser-network.js';
export type { DenoiserCall, DenoiserResult, Evaluation } from './evaluation.js';
export { EvaluationQueue } from './queue.js';
export { RunLoop } from './run-loop.js';
export { startDenoiser } from './start-denoiser.js';
