import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { type ErrorCode, TesseraError } from '@tessera/core';
import { durationFromMs, msFromDuration } from './duration.js';
import { googleRpc } from './load.js';

/** The one table of failure codes: ours to gRPC's. */
const STATUS_OF_CODE = {
  invalid_argument: status.INVALID_ARGUMENT,
  not_found: status.NOT_FOUND,
  already_exists: status.ALREADY_EXISTS,
  permission_denied: status.PERMISSION_DENIED,
  unauthenticated: status.UNAUTHENTICATED,
  resource_exhausted: status.RESOURCE_EXHAUSTED,
  failed_precondition: status.FAILED_PRECONDITION,
  unavailable: status.UNAVAILABLE,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  internal: status.INTERNAL,
} as const satisfies Record<ErrorCode, status>;

const CODE_OF_STATUS = new Map<number, ErrorCode>(
  Object.entries(STATUS_OF_CODE).map(([code, grpcStatus]) => [grpcStatus, code as ErrorCode]),
);

const ERROR_DOMAIN = 'tessera.v1';
const DETAILS_KEY = 'grpc-status-details-bin';

/** What a gRPC handler answers with. Only a TesseraError's own words leave the process. */
export function statusFromError(thrown: unknown): { code: status; details: string; metadata: Metadata } {
  const error = TesseraError.from(thrown);
  const code = STATUS_OF_CODE[error.code];
  const details = thrown instanceof TesseraError || error.code === 'cancelled' ? error.message : 'internal error';
  const metadata = new Metadata();
  const packed = packedDetails(error);
  if (packed.length > 0) {
    metadata.set(DETAILS_KEY, googleRpc.Status.serialize({ code, message: details, details: packed }));
  }
  if (error.retryAfterMs !== undefined) metadata.set('grpc-retry-pushback-ms', String(Math.ceil(error.retryAfterMs)));
  return { code, details, metadata };
}

function packedDetails(error: TesseraError) {
  const packed: { type_url: string; value: Buffer }[] = [];
  const pack = (type: string, value: Buffer) =>
    packed.push({ type_url: `type.googleapis.com/google.rpc.${type}`, value });
  if (error.field !== undefined) {
    const fieldViolations = [{ field: error.field, description: error.message }];
    pack('BadRequest', googleRpc.BadRequest.serialize({ fieldViolations }));
  }
  if (error.retryAfterMs !== undefined) {
    pack('RetryInfo', googleRpc.RetryInfo.serialize({ retryDelay: durationFromMs(error.retryAfterMs) }));
  }
  if (error.reason !== undefined) {
    const metadata = { ...error.reasonMetadata };
    pack('ErrorInfo', googleRpc.ErrorInfo.serialize({ reason: error.reason, domain: ERROR_DOMAIN, metadata }));
  }
  return packed;
}

/** A gRPC status, as a client sees it, back into our error with its details. */
export function errorFromStatus(received: unknown): TesseraError {
  if (received instanceof TesseraError) return received;
  const serviceError = received as Partial<ServiceError>;
  if (typeof serviceError?.code !== 'number') return TesseraError.from(received);
  const code = CODE_OF_STATUS.get(serviceError.code) ?? 'internal';
  const options = unpackedDetails(serviceError.metadata);
  return new TesseraError(code, serviceError.details ?? 'no details', { ...options, cause: received });
}

function unpackedDetails(metadata: Metadata | undefined) {
  const options: {
    field?: string;
    retryAfterMs?: number;
    reason?: string;
    reasonMetadata?: Readonly<Record<string, string>>;
  } = {};
  const [encoded] = metadata?.get(DETAILS_KEY) ?? [];
  if (!(encoded instanceof Buffer)) return options;
  for (const detail of statusDetails(encoded)) {
    // With `defaults`, proto-loader hands an Any over as it is on the wire.
    const { type_url: typeUrl, value } = detail as unknown as { type_url: string; value: Buffer };
    if (typeUrl.endsWith('/google.rpc.BadRequest')) {
      options.field = googleRpc.BadRequest.deserialize(value).fieldViolations[0]?.field;
    } else if (typeUrl.endsWith('/google.rpc.RetryInfo')) {
      options.retryAfterMs = msFromDuration(googleRpc.RetryInfo.deserialize(value).retryDelay);
    } else if (typeUrl.endsWith('/google.rpc.ErrorInfo')) {
      const { reason, metadata: reasonMetadata } = googleRpc.ErrorInfo.deserialize(value);
      Object.assign(options, { reason, reasonMetadata });
    }
  }
  return options;
}

/** None, when a proxy or another implementation sent something else under the name. */
function statusDetails(encoded: Buffer) {
  try {
    return googleRpc.Status.deserialize(encoded).details;
  } catch {
    return [];
  }
}
