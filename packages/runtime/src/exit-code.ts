import { type ErrorCode, TesseraError } from '@tessera/core';

/** What a process of ours tells its shell: done, failed, bad input, unavailable, interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

const EXIT_CODE_OF = {
  invalid_argument: 2,
  not_found: 2,
  already_exists: 2,
  permission_denied: 2,
  unauthenticated: 2,
  failed_precondition: 2,
  resource_exhausted: 3,
  unavailable: 3,
  deadline_exceeded: 1,
  internal: 1,
  cancelled: 130,
} as const satisfies Record<ErrorCode, ExitCode>;

/** The exit code of a process that ends with this error. */
export function exitCodeOf(thrown: unknown): ExitCode {
  return EXIT_CODE_OF[TesseraError.from(thrown).code];
}
