import { TesseraError } from '@tessera/core';

/** Workers that one generation may end while it is alone there. */
const MOST_CRASHES = 3;

/**
 * Generations whose evaluations were at a worker when it was lost. Any of them
 * may be why, so each runs alone until one completes; only what is lost while
 * it runs alone counts against its generation.
 */
export class Suspects {
  readonly #crashes = new Map<string, number>();

  /** @throws TesseraError `internal` with reason `POISON`, the third time in a row. */
  crashedAlone(generationId: string): void {
    const crashes = (this.#crashes.get(generationId) ?? 0) + 1;
    this.#crashes.set(generationId, crashes);
    if (crashes < MOST_CRASHES) return;
    this.#crashes.delete(generationId);
    const text = `${crashes} denoisers were lost while they evaluated this generation and nothing else`;
    throw new TesseraError('internal', text, { reason: 'POISON' });
  }

  completed(generationId: string): void {
    this.#crashes.delete(generationId);
  }
}
