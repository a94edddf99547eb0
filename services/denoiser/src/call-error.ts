import { TesseraError } from '@tessera/core';
import type { CallError, ReportFault } from '@tessera/proto';

/** How one call failed; its stream goes on. Only a TesseraError's own words leave the process. */
export function callError(thrown: unknown, reportFault: ReportFault): CallError {
  const error = TesseraError.from(thrown);
  if (!(thrown instanceof TesseraError)) reportFault(thrown);
  const message = thrown instanceof TesseraError ? error.message : 'internal error';
  return { code: error.code, message, missingConditioningIds: [] };
}
