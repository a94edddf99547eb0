import type { SchedulerConfig } from './schedule/config.js';
import type { SchedulerName } from './schedulers/names.js';
import type { Tensor } from './tensor/tensor.js';

/** A rectangle of the latent canvas that one evaluation covers, in cells. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The immutable decision for one generation, as plain data. It decides the
 * arithmetic: how many workers there are never changes a bit of the result.
 */
export interface Plan {
  readonly model: string;
  readonly modelSha256: string;
  /** Decimal uint64; image i is made from seed + i. */
  readonly seed: string;
  readonly count: number;
  readonly scheduler: SchedulerName;
  readonly schedulerConfig: SchedulerConfig;
  /** As asked; `timesteps` may hold more entries (PNDM evaluates one step twice). */
  readonly steps: number;
  readonly timesteps: readonly number[];
  readonly guidanceScale: number;
  readonly guidanceRescale: number;
  readonly eta: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** [channels, height, width] of the canvas. */
  readonly latentShape: readonly [number, number, number];
  readonly windows: readonly Window[];
  /** Step indices after which a preview is made. */
  readonly previewSteps: readonly number[];
  /** Denoiser calls on one window, over all images; guidance doubles them. */
  readonly evaluations: number;
  readonly peakMemoryBytes: number;
  /** Denoiser inputs that depend on the plan and not on a prompt (time_ids, timestep_cond), without batch axis. */
  readonly denoiserInputs: Readonly<Record<string, PlainTensor>>;
}

/** A tensor as JSON can hold it. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export function tensorFromPlain(plain: PlainTensor): Tensor {
  return { shape: plain.shape, data: Float32Array.from(plain.data) };
}
