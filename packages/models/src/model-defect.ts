import { TesseraError } from '@tessera/core';

/**
 * A model folder that cannot be used as it is, as `failed_precondition`.
 * @param file path inside the folder, as the manifest spells it.
 */
export function modelDefect(file: string, problem: string, cause?: unknown): TesseraError {
  return new TesseraError('failed_precondition', `model file ${file} ${problem}`, { reason: 'MODEL_UNUSABLE', cause });
}

/** A file that differs from what the model's manifest says of it, as `failed_precondition`. */
export function manifestMismatch(file: string, problem: string, cause?: unknown): TesseraError {
  return new TesseraError('failed_precondition', `model file ${file} ${problem}`, { reason: 'MODEL_CHANGED', cause });
}
