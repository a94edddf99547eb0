import { invalidField, TesseraError } from '@tessera/core';
import type { GenerationRequestInput, PreviewInput } from '@tessera/proto';
import { flag, milliseconds, oneOf, real, text, uint64, type ValueRule, whole } from './request-rules.js';

/** One key of a request: its name on the wire, and the rule its value must hold. */
type Field = readonly [wireName: string, rule: ValueRule];
type Fields<Input> = { readonly [Key in keyof Required<Input>]: Field };

const format = oneOf('png', 'jpeg', 'webp');

const PREVIEW_FIELDS: Fields<PreviewInput> = {
  everySteps: ['every_steps', whole],
  maxEdge: ['max_edge', whole],
  decoded: ['decoded', flag],
  format: ['format', format],
};

const OUTPUT_FIELDS: Fields<NonNullable<GenerationRequestInput['output']>> = { format: ['format', format] };

const COMPOSE_FIELDS: Fields<NonNullable<GenerationRequestInput['compose']>> = { strength: ['strength', real] };

const REQUEST_FIELDS: Fields<GenerationRequestInput> = {
  model: ['model', text],
  prompt: ['prompt', text],
  negativePrompt: ['negative_prompt', text],
  seed: ['seed', uint64],
  count: ['count', whole],
  steps: ['steps', whole],
  guidanceScale: ['guidance_scale', real],
  guidanceRescale: ['guidance_rescale', real],
  width: ['width', whole],
  height: ['height', whole],
  overlap: ['overlap', whole],
  wrap: ['wrap', text],
  windowScheme: ['window_scheme', text],
  windowGrid: ['window_grid', text],
  compose: ['compose', (value, field) => checkFields(value, COMPOSE_FIELDS, `${field}.`)],
  scheduler: ['scheduler', text],
  eta: ['eta', real],
  preview: ['preview', (value, field) => checkFields(value, PREVIEW_FIELDS, `${field}.`)],
  output: ['output', (value, field) => checkFields(value, OUTPUT_FIELDS, `${field}.`)],
  idempotencyKey: ['idempotency_key', text],
  keepForMs: ['keep_for', milliseconds],
  timeLimitMs: ['time_limit', milliseconds],
  priority: ['priority', whole],
};

/**
 * Refuses, before anything is sent, what protobuf would drop or bend in
 * silence: unknown keys, and values of another type than the wire's.
 *
 * @throws TesseraError `invalid_argument` naming the key or the field.
 */
export function assertCarriable(input: GenerationRequestInput): void {
  checkFields(input, REQUEST_FIELDS, '');
}

/** @throws TesseraError like {@link assertCarriable}. */
export function assertCarriablePreview(input: PreviewInput): void {
  checkFields(input, PREVIEW_FIELDS, 'preview.');
}

function checkFields<Input>(input: unknown, fields: Fields<Input>, path: string): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidField(path === '' ? 'request' : path.slice(0, -1), 'must be an object', input);
  }
  const known = new Map<string, Field>(Object.entries(fields));
  for (const [key, value] of Object.entries(input)) {
    const field = known.get(key);
    if (field === undefined) throw unknownKey(`${path}${key}`, [...known.keys()]);
    const [wireName, rule] = field;
    if (value !== undefined) rule(value, `${path}${wireName}`);
  }
}

function unknownKey(key: string, known: readonly string[]): TesseraError {
  const message = `unknown key ${JSON.stringify(key)} in the request; there are ${known.join(', ')}`;
  return new TesseraError('invalid_argument', message, { field: key });
}
