import type { DecodePlan } from './decode/plan-decode.js';
import type { SchedulerConfig } from './schedule/config.js';
import type { SchedulerName } from './schedulers/names.js';
import type { Tensor } from './tensor/tensor.js';
import type { Tiling } from './windows/tiling.js';

/**
 * A rectangle of the latent canvas that one evaluation covers, in cells. On a
 * canvas that wraps it may reach beyond the end, where it goes on at the start.
 */
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
  /** In the order in which they are merged: row by row. */
  readonly windows: readonly Window[];
  /** How they were laid out and are merged; absent where one window is the canvas. */
  readonly tiling?: Tiling;
  /** Absent: the canvas starts from noise. */
  readonly compose?: ComposePlan;
  /** Absent: by the whole graph, without a halo. */
  readonly decode?: DecodePlan;
  /** Step indices after which a preview is made; before the start step of `compose`, one of the base image. */
  readonly previewSteps: readonly number[];
  /** Denoiser calls on one window, over all images, the base images of `compose` included; guidance doubles them. */
  readonly evaluations: number;
  readonly peakMemoryBytes: number;
  /**
   * Denoiser inputs that depend on the plan and not on a prompt (time_ids,
   * timestep_cond), without batch axis, of a window at 0, 0; `windowInputs`
   * has those of the others.
   */
  readonly denoiserInputs: Readonly<Record<string, PlainTensor>>;
}

/** The canvas starts from a native-size image, enlarged, encoded and noised. */
export interface ComposePlan {
  /** Share of the steps that the canvas takes, as asked. */
  readonly strength: number;
  /** The first step of the canvas; at 0 too it starts from the noised image. */
  readonly startStep: number;
  /** Pixels of the image that it starts from. */
  readonly baseWidth: number;
  readonly baseHeight: number;
}

/** A tensor as JSON can hold it. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export function tensorFromPlain(plain: PlainTensor): Tensor {
  return { shape: plain.shape, data: Float32Array.from(plain.data) };
}
