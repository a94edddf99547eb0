import type { ModelCard } from './model-card.js';
import type { Plan } from './plan.js';
import type { GenerationRequest } from './request.js';
import type { SchedulerState } from './schedulers/scheduler.js';
import type { CancelSignal } from './signal.js';
import type { Conditioning, Pixels, Stages } from './stages.js';
import type { Tensor } from './tensor/tensor.js';

export interface RequestLimits {
  readonly maxPromptBytes: number;
  readonly maxSteps: number;
  readonly maxCount: number;
  readonly maxGuidanceScale: number;
  readonly maxKeepForMs: number;
  readonly maxTimeLimitMs: number;
  readonly maxIdempotencyKeyLength: number;
  readonly minPreviewEdge: number;
  readonly maxPreviewEdge: number;
}
export declare const DEFAULT_LIMITS: RequestLimits;
export interface RequestContext {
  readonly tenant: string;
  readonly models: readonly ModelCard[];
  readonly defaultModel: string;
  /** A random uint32. */
  drawSeed(): number;
  readonly limits: RequestLimits;
}
export declare function parseGenerationRequest(input: unknown, context: RequestContext): GenerationRequest;

export declare function planGeneration(request: GenerationRequest, card: ModelCard): Plan;
export declare function usesGuidance(plan: Plan): boolean;
export declare function imageSeed(plan: Plan, imageIndex: number): bigint;

export interface Conditionings {
  readonly unconditional?: Conditioning;
  readonly conditional: Conditioning;
}
export declare function encodePrompts(
  request: GenerationRequest,
  plan: Plan,
  stages: Stages,
  signal: CancelSignal,
): Promise<Conditionings>;

export interface ImageRun {
  readonly plan: Plan;
  readonly imageIndex: number;
  readonly conditionings: Conditionings;
  readonly resumeFrom?: SchedulerState;
}
export interface DenoiseStep {
  readonly stepIndex: number;
  readonly steps: number;
  readonly state: SchedulerState;
  readonly denoised: Tensor;
}
export declare function denoiseImage(run: ImageRun, stages: Stages, signal: CancelSignal): AsyncGenerator<DenoiseStep>;
export type ImageEvent =
  | ({ readonly type: 'step' } & DenoiseStep)
  | { readonly type: 'latent'; readonly latent: Tensor }
  | { readonly type: 'pixels'; readonly pixels: Pixels };
export declare function generateImage(run: ImageRun, stages: Stages, signal: CancelSignal): AsyncGenerator<ImageEvent>;

export declare function arithmeticProbe(): Uint8Array;
