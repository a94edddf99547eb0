const HOUR_MS = 3_600_000;

/** The bounds of a request that are a deployment's choice, not the model's. */
export interface RequestLimits {
  /** UTF-8 bytes of a prompt. */
  readonly maxPromptBytes: number;
  readonly maxSteps: number;
  readonly maxCount: number;
  readonly maxGuidanceScale: number;
  /** Pixels along one side of an image. */
  readonly maxImageEdge: number;
  /** Pixels of one image. */
  readonly maxImageArea: number;
  /** Windows of all images of a generation: its plan and its receipts list every one. */
  readonly maxWindows: number;
  readonly maxKeepForMs: number;
  readonly maxTimeLimitMs: number;
  /** UTF-16 units. */
  readonly maxIdempotencyKeyLength: number;
  /** Pixels. */
  readonly minPreviewEdge: number;
  readonly maxPreviewEdge: number;
}

export const DEFAULT_LIMITS: RequestLimits = {
  maxPromptBytes: 8192,
  maxSteps: 1000,
  maxCount: 16,
  maxGuidanceScale: 100,
  maxImageEdge: 16_384,
  maxImageArea: 2 ** 26,
  maxWindows: 16_384,
  maxKeepForMs: 24 * HOUR_MS,
  maxTimeLimitMs: 24 * HOUR_MS,
  maxIdempotencyKeyLength: 256,
  minPreviewEdge: 8,
  maxPreviewEdge: 2048,
};
