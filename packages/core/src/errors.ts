/**
 * The closed set of failure codes. `packages/runtime` and `packages/client`
 * translate them to and from gRPC statuses in one table (`@tessera/proto`).
 */
export const ERROR_CODES = [
  'invalid_argument',
  'not_found',
  'already_exists',
  'permission_denied',
  'unauthenticated',
  'resource_exhausted',
  'failed_precondition',
  'unavailable',
  'deadline_exceeded',
  'cancelled',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface TesseraErrorOptions {
  /** The request field at fault, in proto spelling: `guidance_scale`, `preview.max_edge`. */
  readonly field?: string;
  /** When the caller may try again, milliseconds from now. */
  readonly retryAfterMs?: number;
  /** A stable machine-readable reason, upper case: `RESUME`, `MODEL_CHANGED`. */
  readonly reason?: string;
  /** What goes with the reason, by name: `generation_id`, `sequence`. */
  readonly reasonMetadata?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The one error type that crosses a border of the system. */
export class TesseraError extends Error {
  override readonly name = 'TesseraError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly reason: string | undefined;
  readonly reasonMetadata: Readonly<Record<string, string>> | undefined;

  constructor(code: ErrorCode, message: string, options: TesseraErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
    this.reason = options.reason;
    this.reasonMetadata = options.reasonMetadata;
  }

  /** Any thrown value as a TesseraError: an abort is `cancelled`, the unknown is `internal`. */
  static from(thrown: unknown): TesseraError {
    if (thrown instanceof TesseraError) return thrown;
    if (thrown instanceof Error && thrown.name === 'AbortError') {
      return new TesseraError('cancelled', thrown.message, { cause: thrown });
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new TesseraError('internal', message, { cause: thrown });
  }
}

/** An `invalid_argument` that names the field, what it must be, and the value given. */
export function invalidField(field: string, bound: string, value: unknown): TesseraError {
  return new TesseraError('invalid_argument', `${field} ${bound}; got ${printable(value)}`, { field });
}

const LONGEST_PRINTED_VALUE = 80;

function printable(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= LONGEST_PRINTED_VALUE ? text : `${text.slice(0, LONGEST_PRINTED_VALUE)}…`;
}
