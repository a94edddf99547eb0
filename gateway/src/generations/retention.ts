import { setTimeout as delay } from 'node:timers/promises';
import type { GenerationRecord } from '@tessera/core';
import type { GenerationLog, Logger } from '@tessera/runtime';
import type { GenerationIndex } from './generation-index.js';
import { imagesOf, type Results } from './results.js';

export interface RetentionLimits {
  /** How long an ended generation is kept, with its images. */
  readonly keepMs: number;
  /** Most bytes of images; beyond it the oldest ended generations go first. */
  readonly maxBytes: number;
}

const SWEEP_EVERY_MS = 10_000;

/** Deletes ended generations that are too old or too many, until the signal is aborted. */
export async function runRetention(
  services: {
    readonly index: GenerationIndex;
    readonly log: GenerationLog;
    readonly results: Results;
    readonly logger: Logger;
  },
  limits: RetentionLimits,
  signal: AbortSignal,
  everyMs: number = SWEEP_EVERY_MS,
): Promise<void> {
  const { index, log, results, logger } = services;
  while (!signal.aborted) {
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => {});
    for (const { generationId } of outlived([...index.records], limits, Date.now())) {
      if (signal.aborted) return;
      try {
        await log.delete(generationId);
        await results.delete(generationId);
      } catch (thrown) {
        logger.error('could not delete an old generation', thrown, { generation_id: generationId });
      }
    }
  }
}

/** The ended generations that go: those beyond their time, and the oldest of those beyond the bytes. */
export function outlived(
  records: readonly GenerationRecord[],
  { keepMs, maxBytes }: RetentionLimits,
  nowMs: number,
): readonly GenerationRecord[] {
  const newestFirst = records
    .filter(({ terminal }) => terminal !== undefined)
    .sort((left, right) => right.createdAtMs - left.createdAtMs);
  let bytes = 0;
  return newestFirst.filter((record) => {
    for (const { sizeBytes } of imagesOf(record)) bytes += sizeBytes;
    return nowMs - record.createdAtMs > keepMs || bytes > maxBytes;
  });
}
