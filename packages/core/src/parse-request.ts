import { invalidField } from './errors.js';
import type { ModelCard } from './model-card.js';
import type { GenerationRequest, ImageFormat, PreviewRequest } from './request.js';
import { CANVAS_FIELDS, canvasOf } from './request-canvas.js';
import {
  durationMs,
  type Fields,
  fieldsOf,
  fieldValue,
  flag,
  nameOf,
  realNumber,
  text,
  uint64,
  wholeNumber,
} from './request-fields.js';
import type { RequestLimits } from './request-limits.js';
import { resolveSchedulerConfig } from './schedule/resolve-config.js';
import { createScheduler } from './schedulers/create-scheduler.js';
import { SCHEDULER_NAMES, type SchedulerName } from './schedulers/names.js';

/** What a request is judged against. */
export interface RequestContext {
  /** From the caller's credential. */
  readonly tenant: string;
  readonly models: readonly ModelCard[];
  /** Name of one of `models`. */
  readonly defaultModel: string;
  /** A random uint32, for a request without a seed. */
  drawSeed(): number;
  readonly limits: RequestLimits;
}

const REQUEST_FIELDS = [
  'model',
  'prompt',
  'negativePrompt',
  'seed',
  'count',
  'steps',
  'guidanceScale',
  'guidanceRescale',
  ...CANVAS_FIELDS,
  'scheduler',
  'eta',
  'preview',
  'output',
  'idempotencyKey',
  'keepFor',
  'keepForMs',
  'timeLimit',
  'timeLimitMs',
  'priority',
];
const PREVIEW_FIELDS = ['everySteps', 'maxEdge', 'decoded', 'format'];

const FORMATS: Readonly<Record<string, ImageFormat | undefined>> = {
  IMAGE_FORMAT_UNSPECIFIED: undefined,
  IMAGE_FORMAT_PNG: 'png',
  IMAGE_FORMAT_JPEG: 'jpeg',
  IMAGE_FORMAT_WEBP: 'webp',
  png: 'png',
  jpeg: 'jpeg',
  webp: 'webp',
};
const DEFAULT_OUTPUT_FORMAT = 'png';
const DEFAULT_PREVIEW_FORMAT = 'jpeg';
const DEFAULT_PRIORITY = 5;
const MAX_PRIORITY = 9;

/**
 * A caller's request with every default applied and every bound held.
 *
 * @param input a decoded `tessera.v1.GenerateRequest`: camelCase, int64 as
 * decimal strings or numbers, unset fields undefined or null. Durations may
 * also be given in milliseconds (`keepForMs`), formats by their short names.
 * @throws TesseraError `invalid_argument` naming the field in proto spelling,
 * the bound and the value.
 */
export function parseGenerationRequest(input: unknown, context: RequestContext): GenerationRequest {
  const { limits } = context;
  const fields = fieldsOf(input, REQUEST_FIELDS, '');
  const card = modelOf(fields, context);
  const { defaults } = card;

  const scheduler = schedulerOf(fields) ?? defaults.scheduler;
  const steps = wholeNumber(fields, 'steps', 1, limits.maxSteps) ?? defaults.steps;
  const count = wholeNumber(fields, 'count', 1, limits.maxCount) ?? 1;
  const eta = realNumber(fields, 'eta', 0, 1) ?? 0;
  const negativePrompt = text(fields, 'negativePrompt', limits.maxPromptBytes);
  const preview = previewOf(fieldValue(fields, 'preview'), limits, card);
  const idempotencyKey = idempotencyKeyOf(fields, limits);
  const timeLimitMs = durationMs(fields, 'timeLimit', Number.MIN_VALUE, limits.maxTimeLimitMs);
  const request: Omit<GenerationRequest, 'prompt'> = {
    tenant: context.tenant,
    model: card.name,
    ...(negativePrompt !== undefined && { negativePrompt }),
    seed: uint64(fields, 'seed') ?? String(context.drawSeed()),
    count,
    steps,
    guidanceScale: realNumber(fields, 'guidanceScale', 0, limits.maxGuidanceScale) ?? defaults.guidanceScale,
    guidanceRescale: realNumber(fields, 'guidanceRescale', 0, 1) ?? 0,
    ...canvasOf(fields, { limits, card, count, steps }),
    scheduler,
    eta,
    ...(preview && { preview }),
    outputFormat: outputFormatOf(fields),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    keepForMs: durationMs(fields, 'keepFor', 0, limits.maxKeepForMs) ?? 0,
    ...(timeLimitMs !== undefined && { timeLimitMs }),
    priority: wholeNumber(fields, 'priority', 0, MAX_PRIORITY) ?? DEFAULT_PRIORITY,
  };
  createScheduler(scheduler, resolveSchedulerConfig(card.schedulerConfig, scheduler), steps, { eta });
  const prompt = text(fields, 'prompt', limits.maxPromptBytes);
  if (prompt === undefined) throw invalidField('prompt', 'must be given; an empty one is a prompt', prompt);
  return { ...request, prompt };
}

/**
 * @param input a decoded `tessera.v1.PreviewOptions`.
 * @returns `undefined` when it asks for no previews.
 * @throws TesseraError as `parseGenerationRequest`.
 */
export function parsePreviewOptions(
  input: unknown,
  limits: RequestLimits,
  card: ModelCard,
): PreviewRequest | undefined {
  return previewOf(input ?? undefined, limits, card);
}

function modelOf(fields: Fields, { models, defaultModel }: RequestContext): ModelCard {
  const name = fieldValue(fields, 'model') ?? defaultModel;
  const card = models.find((candidate) => candidate.name === name);
  if (card !== undefined) return card;
  throw invalidField('model', `must be one of ${models.map((model) => model.name).join(', ')}`, name);
}

function schedulerOf(fields: Fields): SchedulerName | undefined {
  const value = fieldValue(fields, 'scheduler');
  if (value === undefined) return undefined;
  const name = SCHEDULER_NAMES.find((candidate) => candidate === value);
  if (name !== undefined) return name;
  throw invalidField('scheduler', `must be one of ${SCHEDULER_NAMES.join(', ')}`, value);
}

function previewOf(value: unknown, limits: RequestLimits, card: ModelCard): PreviewRequest | undefined {
  if (value === undefined) return undefined;
  const fields = fieldsOf(value, PREVIEW_FIELDS, 'preview');
  const everySteps = wholeNumber(fields, 'everySteps', 1, Number.MAX_SAFE_INTEGER);
  const maxEdge = wholeNumber(fields, 'maxEdge', limits.minPreviewEdge, limits.maxPreviewEdge);
  const decoded = flag(fields, 'decoded') ?? false;
  const format = formatOf(fields) ?? DEFAULT_PREVIEW_FORMAT;
  if (everySteps === undefined) return undefined;
  const withoutMap = card.latentFormat.preview === undefined;
  return { everySteps, ...(maxEdge !== undefined && { maxEdge }), decoded: decoded || withoutMap, format };
}

function outputFormatOf(fields: Fields): ImageFormat {
  const value = fieldValue(fields, 'output');
  const format = value === undefined ? undefined : formatOf(fieldsOf(value, ['format'], 'output'));
  return format ?? DEFAULT_OUTPUT_FORMAT;
}

function formatOf(fields: Fields): ImageFormat | undefined {
  const value = fieldValue(fields, 'format');
  if (value === undefined) return undefined;
  if (typeof value === 'string' && Object.hasOwn(FORMATS, value)) return FORMATS[value];
  throw invalidField(nameOf(fields, 'format'), 'must be png, jpeg or webp', value);
}

function idempotencyKeyOf(fields: Fields, limits: RequestLimits): string | undefined {
  const value = fieldValue(fields, 'idempotencyKey');
  const max = limits.maxIdempotencyKeyLength;
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.length >= 1 && value.length <= max) return value;
  throw invalidField('idempotency_key', `must be text of 1 to ${max} characters`, value);
}
