import type { ErrorCode } from './errors.js';
import type { ComposePlan, Plan, Window } from './plan.js';
import type { ImageFormat } from './request.js';
import type { SeamFigures } from './seams/seam-figures.js';
import type { Tiling } from './windows/tiling.js';

/** What happens to a generation, as callers of the client library see it. Mirrors `tessera.v1.GenerationEvent`. */
export type GenerationEvent = EventHead & EventBody;

export interface EventHead {
  readonly generationId: string;
  /** Number of the last durable event; a durable event carries its own. */
  readonly sequence: number;
}

export type EventBody = DurableEvent | TransientEvent;

/** Numbered 1, 2, 3 … without gaps, stored, replayed on request. */
export type DurableEvent =
  | { readonly type: 'accepted'; readonly plan: PlanSummary }
  | { readonly type: 'started' }
  | {
      readonly type: 'region';
      readonly imageIndex: number;
      readonly x: number;
      readonly y: number;
      readonly image: Image;
    }
  | { readonly type: 'restarted'; readonly imageIndex: number; readonly stepIndex: number; readonly reason: string }
  | TerminalEvent;

export type TerminalEvent =
  | {
      readonly type: 'completed';
      /** One for each image of the generation, in order. */
      readonly images: readonly CompletedImage[];
    }
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly field?: string;
      /** `POISON`: what was tried with it ended too many processes. */
      readonly reason?: string;
    }
  | { readonly type: 'cancelled'; readonly stepIndex: number };

/** May be superseded by a newer one and is never stored. */
export type TransientEvent =
  | { readonly type: 'queued'; readonly position: number; readonly remainingMs: number }
  | {
      readonly type: 'progress';
      readonly imageIndex: number;
      readonly stepIndex: number;
      readonly steps: number;
      readonly remainingMs: number;
    }
  | {
      readonly type: 'preview';
      readonly imageIndex: number;
      readonly stepIndex: number;
      readonly image: Image;
      /** Pixels of the finished image. */
      readonly width: number;
      readonly height: number;
      /** Previews of this generation replaced by newer ones before this stream could carry them. */
      readonly superseded: number;
    };

/** The part of a plan that callers see. */
export type PlanSummary = Omit<Plan, 'schedulerConfig' | 'denoiserInputs'>;

export interface Image {
  readonly imageId: string;
  readonly format: ImageFormat;
  /** Present up to 512 KiB; fetch larger ones with DownloadImage. */
  readonly data?: Uint8Array;
  readonly sizeBytes: number;
  readonly fileSha256: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface CompletedImage {
  readonly image: Image;
  readonly receipt: Receipt;
}

/** What ran: enough to repeat an image and to check that it is the same. */
export interface Receipt {
  readonly imageIndex: number;
  readonly model: string;
  readonly modelSha256: string;
  readonly prompt: string;
  readonly negativePrompt?: string;
  /** This image's own: the request's seed + imageIndex. */
  readonly seed: string;
  readonly scheduler: string;
  readonly steps: number;
  readonly timesteps: readonly number[];
  readonly guidanceScale: number;
  readonly guidanceRescale: number;
  readonly eta: number;
  readonly width: number;
  readonly height: number;
  readonly windows: readonly Window[];
  /** Absent where one window was the canvas. */
  readonly tiling?: Tiling;
  /** Absent where the canvas started from noise. */
  readonly compose?: ComposePlan;
  readonly evaluations: number;
  readonly numericClass: string;
  readonly arithmeticVersion: string;
  readonly latentSha256: string;
  readonly imageSha256: string;
  /** Of an image that has edges of windows or bands. */
  readonly seams?: SeamFigures;
  readonly timings: readonly { readonly stage: string; readonly ms: number }[];
  readonly cache: readonly { readonly cache: string; readonly key: string; readonly hit: boolean }[];
  /** When and why the image was begun again, since nothing could go on with it; absent where that never happened. */
  readonly restarts?: readonly { readonly stepIndex: number; readonly reason: string }[];
  readonly tesseraVersion: string;
}

export function isTerminal(event: EventBody): event is TerminalEvent {
  return event.type === 'completed' || event.type === 'failed' || event.type === 'cancelled';
}
