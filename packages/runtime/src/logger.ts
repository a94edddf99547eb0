import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import { invalidField, TesseraError } from '@tessera/core';
import { type DestinationStream, destination, type Logger as Pino, pino, stdTimeFunctions } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Fields beside the message. Only scalars: there is no way to dump a request,
 * whose prompt must never be logged.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>> & {
  readonly generation_id?: string;
  readonly trace_id?: string;
};

export interface Logger {
  level: LogLevel;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** @param thrown the failure behind the message; its stack is kept unless it is a TesseraError. */
  error(message: string, thrown?: unknown, fields?: LogFields): void;
  /** A logger that adds these fields to each line. */
  child(fields: LogFields): Logger;
}

const STDERR = 2;
const USER_CONTENT = ['prompt', 'negative_prompt', 'negativePrompt'];

/**
 * A logger on stderr: lines of JSON with `time level msg service`, or readable
 * text when stderr is a terminal.
 *
 * @param level `TESSERA_LOG_LEVEL`, or info, when not given.
 * @throws TesseraError `invalid_argument` for an unknown level.
 */
export function createLogger(service: string, level: string = process.env.TESSERA_LOG_LEVEL ?? 'info'): Logger {
  return loggerOn(isatty(STDERR) ? terminalStream() : destination({ dest: STDERR, sync: true }), service, level);
}

/** {@link createLogger} on another stream. */
export function loggerOn(stream: DestinationStream, service: string, level: string): Logger {
  if (!isLogLevel(level)) throw invalidField('TESSERA_LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`, level);
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: USER_CONTENT, remove: true },
  };
  return wrap(pino(options, stream));
}

function isLogLevel(level: string): level is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(level);
}

function terminalStream(): DestinationStream {
  const pretty = createRequire(import.meta.url)('pino-pretty') as (options: object) => DestinationStream;
  return pretty({
    destination: STDERR,
    sync: true,
    ignore: 'service',
    messageFormat: '{service}: {msg}',
    translateTime: 'SYS:HH:MM:ss.l',
  });
}

function wrap(inner: Pino): Logger {
  return {
    get level() {
      return inner.level as LogLevel;
    },
    set level(level) {
      inner.level = level;
    },
    debug: (message, fields) => inner.debug(fields ?? {}, message),
    info: (message, fields) => inner.info(fields ?? {}, message),
    warn: (message, fields) => inner.warn(fields ?? {}, message),
    error: (message, thrown, fields) => inner.error({ ...failureFields(thrown), ...fields }, message),
    child: (fields) => wrap(inner.child(fields)),
  };
}

/** A refused value is quoted in its error's message, so for user content only the field is told. */
function failureFields(thrown: unknown): LogFields {
  if (thrown === undefined) return {};
  if (!(thrown instanceof TesseraError)) {
    return { error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
  const { code, field, reason, message, cause } = thrown;
  const told = field !== undefined && USER_CONTENT.includes(field) ? `${field} was refused` : message;
  const stack = code === 'internal' && cause instanceof Error ? cause.stack : undefined;
  return { error: told, code, field, reason, stack };
}
