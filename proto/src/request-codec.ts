import type { ImageFormat } from '@tessera/core';
import { durationFromMs, msFromDuration } from './duration.js';
import { imageFormatFromWire, wireFromImageFormat } from './enum-codec.js';
import type {
  GenerateRequest,
  GenerateRequest__Output,
  PreviewOptions__Output,
  WireImageFormat__Output,
} from './types.js';

/**
 * A request as a caller writes it: nothing filled in, nothing judged yet.
 * `parseGenerationRequest` of core makes it a GenerationRequest.
 */
export interface GenerationRequestInput {
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  readonly negativePrompt?: string | undefined;
  /** uint64; a string or bigint beyond 2^53. */
  readonly seed?: number | bigint | string | undefined;
  readonly count?: number | undefined;
  readonly steps?: number | undefined;
  readonly guidanceScale?: number | undefined;
  readonly guidanceRescale?: number | undefined;
  /** Pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Latent cells that neighbouring windows of a large image share at least. */
  readonly overlap?: number | undefined;
  /** `none`, `x`, `y` or `both`. */
  readonly wrap?: string | undefined;
  /** `ramp` or `pyramid`. */
  readonly windowScheme?: string | undefined;
  /** moving or fixed. */
  readonly windowGrid?: string | undefined;
  /** Start a large image from one of native size; `{}` at the default strength. */
  readonly compose?: { readonly strength?: number | undefined } | undefined;
  readonly scheduler?: string | undefined;
  readonly eta?: number | undefined;
  readonly preview?: PreviewInput | undefined;
  readonly output?: { readonly format?: ImageFormat | undefined } | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly keepForMs?: number | undefined;
  readonly timeLimitMs?: number | undefined;
  readonly priority?: number | undefined;
}

export interface PreviewInput {
  readonly everySteps?: number | undefined;
  readonly maxEdge?: number | undefined;
  readonly decoded?: boolean | undefined;
  readonly format?: ImageFormat | undefined;
}

export function wireFromRequestInput(input: GenerationRequestInput): GenerateRequest {
  const { seed, preview, output, keepForMs, timeLimitMs, ...rest } = input;
  return {
    ...rest,
    ...(seed !== undefined && { seed: String(seed) }),
    ...(preview && { preview: { ...preview, ...wireFormat(preview.format) } }),
    ...(output && { output: wireFormat(output.format) }),
    ...(keepForMs !== undefined && { keepFor: durationFromMs(keepForMs) }),
    ...(timeLimitMs !== undefined && { timeLimit: durationFromMs(timeLimitMs) }),
  };
}

function wireFormat(format: ImageFormat | undefined) {
  return format === undefined ? { format: undefined } : { format: wireFromImageFormat(format) };
}

/** Unset fields are absent; a format that this version does not know is kept as it came, to be refused by name. */
export function requestInputFromWire(wire: GenerateRequest__Output): GenerationRequestInput {
  return withoutUnset({
    model: wire.model,
    prompt: wire.prompt,
    negativePrompt: wire.negativePrompt,
    seed: wire.seed,
    count: numberFromInt64(wire.count),
    steps: numberFromInt64(wire.steps),
    guidanceScale: wire.guidanceScale,
    guidanceRescale: wire.guidanceRescale,
    width: numberFromInt64(wire.width),
    height: numberFromInt64(wire.height),
    overlap: numberFromInt64(wire.overlap),
    wrap: wire.wrap,
    windowScheme: wire.windowScheme,
    windowGrid: wire.windowGrid,
    compose: wire.compose ? withoutUnset({ strength: wire.compose.strength }) : undefined,
    scheduler: wire.scheduler,
    eta: wire.eta,
    preview: wire.preview ? previewFromWire(wire.preview) : undefined,
    output: wire.output ? withoutUnset({ format: formatFromWire(wire.output.format) }) : undefined,
    idempotencyKey: wire.idempotencyKey,
    keepForMs: msFromDuration(wire.keepFor),
    timeLimitMs: msFromDuration(wire.timeLimit),
    priority: numberFromInt64(wire.priority),
  });
}

export function previewFromWire(wire: PreviewOptions__Output): PreviewInput {
  return withoutUnset({
    everySteps: numberFromInt64(wire.everySteps),
    maxEdge: numberFromInt64(wire.maxEdge),
    decoded: wire.decoded,
    format: formatFromWire(wire.format),
  });
}

/** An int64 beyond 2^53 loses its last digits, which no bound lets through anyway. */
function numberFromInt64(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function formatFromWire(wire: WireImageFormat__Output | undefined): ImageFormat | undefined {
  if (wire === undefined || wire === 'IMAGE_FORMAT_UNSPECIFIED') return undefined;
  try {
    return imageFormatFromWire(wire);
  } catch {
    return String(wire) as ImageFormat;
  }
}

function withoutUnset<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
