import { TesseraError } from '@tessera/core';
import { createLogger, type ExitCode, exitCodeOf } from '@tessera/runtime';
import { CommanderError } from 'commander';

const BAD_INPUT = 2;

/**
 * Tells on stderr why a command failed: a sentence on a terminal, otherwise a
 * line of JSON like every log. An interruption needs no telling.
 *
 * @returns the exit code.
 */
export function reportFailure(thrown: unknown, signal: AbortSignal): ExitCode {
  if (thrown instanceof CommanderError) return reportUsage(thrown);
  const code = exitCodeOf(signal.aborted ? signal.reason : thrown);
  if (!signal.aborted) tell(TesseraError.from(thrown));
  return code;
}

/** Help and version end by throwing too, with exit code 0; help in place of a missing command is bad input. */
function reportUsage(error: CommanderError): ExitCode {
  if (error.exitCode === 0) return 0;
  const message = error.message.replace(/^error: /, '');
  if (error.code !== 'commander.help') tell(new TesseraError('invalid_argument', message));
  return BAD_INPUT;
}

function tell(error: TesseraError): void {
  if (process.stderr.isTTY) process.stderr.write(`tessera: ${error.message}\n`);
  else createLogger('cli').error('failed', error);
}
