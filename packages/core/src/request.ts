import type { SchedulerName } from './schedulers/names.js';
import type { Tiling } from './windows/tiling.js';

export type ImageFormat = 'png' | 'jpeg' | 'webp';

/**
 * A request after parsing: every default applied, every bound held. Later code
 * takes only this type and has nothing left to doubt. Plain data: it is stored
 * as JSON in the generation's log.
 */
export interface GenerationRequest {
  readonly tenant: string;
  readonly model: string;
  readonly prompt: string;
  /** `undefined` when the request gave none: some models treat that differently from "". */
  readonly negativePrompt?: string;
  /** Decimal uint64. As in torch, its low 32 bits count. */
  readonly seed: string;
  readonly count: number;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly guidanceRescale: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Of a canvas that takes several windows. */
  readonly tiling: Tiling;
  /** Absent: the image starts from noise, whatever its size. */
  readonly compose?: ComposeRequest;
  readonly scheduler: SchedulerName;
  readonly eta: number;
  readonly preview?: PreviewRequest;
  readonly outputFormat: ImageFormat;
  readonly idempotencyKey?: string;
  /** How long the generation goes on with nobody watching. */
  readonly keepForMs: number;
  /** Bounds the whole generation. */
  readonly timeLimitMs?: number;
  /** 0 (background) to 9 (urgent). */
  readonly priority: number;
}

/** An image larger than native starts from one of native size, so that it has one composition. */
export interface ComposeRequest {
  /** Share of the steps that the large image takes, above 0 to 1: the smaller, the closer it stays to the native one. */
  readonly strength: number;
}

export interface PreviewRequest {
  readonly everySteps: number;
  /** Longest edge in pixels; `undefined`: one pixel for each latent cell. */
  readonly maxEdge?: number;
  readonly decoded: boolean;
  readonly format: ImageFormat;
}
