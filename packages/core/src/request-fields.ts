import { invalidField } from './errors.js';

/** The fields of one message as a caller wrote them, and how the message is called in errors. */
export interface Fields {
  readonly values: Readonly<Record<string, unknown>>;
  /** `preview.` for the fields of `preview`; empty for the request itself. */
  readonly prefix: string;
}

/**
 * @param known the message's fields, camelCase. Others are refused by name,
 * except proto-loader's markers of set optional fields (`_steps`).
 */
export function fieldsOf(message: unknown, known: readonly string[], name: string): Fields {
  const prefix = name === '' ? '' : `${name}.`;
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw invalidField(name === '' ? 'request' : name, 'must be an object', message);
  }
  for (const key of Object.keys(message)) {
    if (known.includes(key) || (key.startsWith('_') && known.includes(key.slice(1)))) continue;
    throw invalidField(prefix + snakeCase(key), 'is not a field; the fields are', known.map(snakeCase).join(', '));
  }
  return { values: message as Record<string, unknown>, prefix };
}

/** The value of a field, `undefined` when unset. */
export function fieldValue(fields: Fields, key: string): unknown {
  return fields.values[key] ?? undefined;
}

/** A field's name as protos spell it. */
export function nameOf(fields: Fields, key: string): string {
  return fields.prefix + snakeCase(key);
}

export function wholeNumber(fields: Fields, key: string, min: number, max: number): number | undefined {
  const value = fieldValue(fields, key);
  if (value === undefined) return undefined;
  const number = wholeNumberFrom(value);
  if (number !== undefined && number >= min && number <= max) return number;
  throw invalidField(nameOf(fields, key), `must be a whole number from ${min} to ${max}`, value);
}

/** A safe integer from a number or from an int64 in decimal digits. */
export function wholeNumberFrom(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

export function realNumber(fields: Fields, key: string, min: number, max: number): number | undefined {
  const value = fieldValue(fields, key);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw invalidField(nameOf(fields, key), `must be a number from ${min} to ${max}`, value);
}

export function flag(fields: Fields, key: string): boolean | undefined {
  const value = fieldValue(fields, key);
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidField(nameOf(fields, key), 'must be true or false', value);
}

/** A text of at most `maxBytes` in UTF-8. Errors tell its size, never the text. */
export function text(fields: Fields, key: string, maxBytes: number): string | undefined {
  const value = fieldValue(fields, key);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalidField(nameOf(fields, key), 'must be text', typeof value);
  const bytes = utf8Length(value);
  if (bytes <= maxBytes) return value;
  throw invalidField(nameOf(fields, key), `must be at most ${maxBytes} bytes of UTF-8`, bytes);
}

const MAX_UINT64 = 2n ** 64n - 1n;

/** A uint64 in decimal digits. */
export function uint64(fields: Fields, key: string): string | undefined {
  const value = fieldValue(fields, key);
  if (value === undefined) return undefined;
  const digits = typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : value;
  if (typeof digits === 'string' && /^\d{1,20}$/.test(digits) && BigInt(digits) <= MAX_UINT64) {
    return String(BigInt(digits));
  }
  throw invalidField(nameOf(fields, key), `must be a whole number from 0 to ${MAX_UINT64}`, value);
}

/**
 * Milliseconds of the field `key`, given as google.protobuf.Duration, or as a
 * number in the field `key` + `Ms`.
 */
export function durationMs(fields: Fields, key: string, minMs: number, maxMs: number): number | undefined {
  const value = fieldValue(fields, key) ?? fieldValue(fields, `${key}Ms`);
  if (value === undefined) return undefined;
  const ms = typeof value === 'number' ? value : msFromDuration(value);
  const whole = Math.ceil(ms);
  if (ms >= minMs && whole <= maxMs) return whole;
  const lower = minMs > 0 ? 'above 0' : 'at least 0';
  throw invalidField(nameOf(fields, key), `must be ${lower} and at most ${maxMs / 1000} seconds`, ms / 1000);
}

/** NaN when it is no duration. */
function msFromDuration(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Number.NaN;
  const { seconds, nanos } = value as { seconds?: unknown; nanos?: unknown };
  const wholeSeconds = wholeNumberFrom(seconds ?? 0) ?? Number.NaN;
  const wholeNanos = wholeNumberFrom(nanos ?? 0) ?? Number.NaN;
  return Math.abs(wholeNanos) < 1e9 ? wholeSeconds * 1000 + wholeNanos / 1e6 : Number.NaN;
}

/** Bytes of a text in UTF-8; a lone surrogate counts as U+FFFD. */
export function utf8Length(value: string): number {
  let bytes = 0;
  for (let i = 0; i < value.length; i++) {
    const codePoint = value.codePointAt(i) as number;
    if (codePoint > 0xffff) i += 1;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
