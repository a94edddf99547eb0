import { TesseraError } from '@tessera/core';
import { type OpenedModel, verifyStage } from '@tessera/models';
import type { Logger } from '@tessera/runtime';
import { type CutDenoiser, cutDenoiser } from './cut-denoiser.js';

const MIB = 2 ** 20;
/** With guidance. */
const EVALUATIONS_A_STEP = 2;

/** A model with its denoiser in parts, or with the whole one where that cannot be cut. */
export interface PartedModel {
  readonly opened: OpenedModel;
  readonly cut: CutDenoiser | undefined;
}

/** Cuts the denoisers of all models, and says of each that stays whole why. */
export function openCuts(models: readonly OpenedModel[], count: number, log: Logger): readonly PartedModel[] {
  return models.map((opened) => {
    try {
      return { opened, cut: cutDenoiser(opened, count) };
    } catch (thrown) {
      if (!(thrown instanceof TesseraError) || thrown.code !== 'failed_precondition') throw thrown;
      log.warn('the denoiser stays whole', { model: opened.card.name, cause: thrown.message });
      return { opened, cut: undefined };
    }
  });
}

/**
 * Reads all of a model's denoiser, which takes a while where it is large.
 * @throws TesseraError failed_precondition naming the file that has changed.
 */
export async function verifyDenoiser(opened: OpenedModel, log: Logger, signal: AbortSignal): Promise<void> {
  const beganMs = performance.now();
  await verifyStage(opened, 'denoiser', signal);
  const tookMs = Math.round(performance.now() - beganMs);
  log.info('the denoiser is what its manifest says', { model: opened.card.name, took_ms: tookMs });
}

/** What a cut comes to, for who runs it. */
export function tellCut({ card, parts }: CutDenoiser, log: Logger): void {
  const wireBytes = parts.reduce((sum, part) => sum + part.wireBytes, 0);
  const mib = (bytes: number) => (bytes / MIB).toFixed(2);
  log.info('the denoiser is cut into parts: for memory, no image is made faster by it', {
    model: card.name,
    parts: parts.length,
    weights_mib: parts.map(({ weightBytes }) => mib(weightBytes)).join(' + '),
    wire_mib_an_evaluation: parts.map((part) => mib(part.wireBytes)).join(' + '),
    wire_mib_a_guided_step: mib(EVALUATIONS_A_STEP * wireBytes),
  });
}
