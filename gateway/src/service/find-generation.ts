import { type GenerationRecord, TesseraError } from '@tessera/core';
import type { Gateway } from '../gateway.js';

/** @throws TesseraError `not_found` for an id that is unknown or another tenant's, without telling which. */
export async function findGeneration(
  { log, runs }: Gateway,
  generationId: string,
  tenant: string,
): Promise<GenerationRecord> {
  const record =
    runs.recordOf(generationId) ??
    (await log.read(generationId).catch((thrown: unknown) => {
      // An id that no generation can have is unknown, like any other.
      if (thrown instanceof TesseraError && thrown.code === 'invalid_argument') return undefined;
      throw thrown;
    }));
  if (record === undefined || record.request.tenant !== tenant) {
    throw new TesseraError('not_found', `there is no generation ${JSON.stringify(generationId.slice(0, 64))}`);
  }
  return record;
}
