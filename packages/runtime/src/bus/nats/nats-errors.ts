import { TesseraError } from '@tessera/core';
import { ErrorCode, NatsError } from 'nats';

/** Error codes of JetStream's API (server/errors.json in nats-server). */
const WRONG_LAST_SEQUENCE = 10071;
const WRONG_LAST_SEQUENCE_CONSTANT = 10164;
const STREAM_NOT_FOUND = 10059;
const STREAM_NAME_IN_USE = 10058;
const NO_MESSAGE_FOUND = 10037;

/** What JetStream answers in place of a result. */
export interface ApiError {
  readonly code: number;
  readonly err_code?: number;
  readonly description?: string;
}

/** JetStream refused what it was asked. */
export class JetStreamError extends Error {
  readonly errorCode: number;
  readonly status: number;

  constructor({ code, err_code = 0, description = '' }: ApiError) {
    super(`JetStream answered ${code} (${err_code}): ${description}`);
    this.errorCode = err_code;
    this.status = code;
  }
}

export const isWrongLastSequence = (thrown: unknown): boolean =>
  thrown instanceof JetStreamError && [WRONG_LAST_SEQUENCE, WRONG_LAST_SEQUENCE_CONSTANT].includes(thrown.errorCode);
export const isStreamNotFound = (thrown: unknown): boolean => hasErrorCode(thrown, STREAM_NOT_FOUND);
export const isStreamNameInUse = (thrown: unknown): boolean => hasErrorCode(thrown, STREAM_NAME_IN_USE);
export const isNoMessageFound = (thrown: unknown): boolean => hasErrorCode(thrown, NO_MESSAGE_FOUND);

function hasErrorCode(thrown: unknown, errorCode: number): boolean {
  return thrown instanceof JetStreamError && thrown.errorCode === errorCode;
}

/** Whether a request may have been carried out although nothing was heard of it. */
export function isUnanswered(thrown: unknown): boolean {
  return !(thrown instanceof JetStreamError) && !hasCode(thrown, ErrorCode.NoResponders);
}

export function hasCode(thrown: unknown, code: ErrorCode): boolean {
  return thrown instanceof NatsError && thrown.code === code;
}

/** Whatever NATS did not do, as the error that a Bus throws. */
export function busError(thrown: unknown): TesseraError {
  if (thrown instanceof TesseraError) return thrown;
  const { message } = thrown as Error;
  return new TesseraError('unavailable', `the Bus is away: ${message}`, { cause: thrown });
}
