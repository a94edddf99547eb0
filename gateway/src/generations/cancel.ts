import type { GenerationRecord, LogEntry } from '@tessera/core';
import { type GenerationLog, isLogConflict, type LiveChannel } from '@tessera/runtime';
import type { GenerationRuns } from './generation-runs.js';
import { cancelSubject } from './subjects.js';

/** How long the gateway that runs a generation is waited for, before the ending is written here. */
const PATIENCE_MS = 5_000;

/**
 * Cancels a generation, wherever it runs and whether or not anybody runs it.
 *
 * @returns its record with its ending: one that had ended keeps it.
 * @throws TesseraError `unavailable` while the Bus is away.
 */
export async function cancelGeneration(
  { log, live, runs }: { readonly log: GenerationLog; readonly live: LiveChannel; readonly runs: GenerationRuns },
  record: GenerationRecord,
): Promise<GenerationRecord> {
  if (record.terminal !== undefined) return record;
  const { generationId } = record;
  if (!runs.cancel(generationId, 'cancelled on request')) live.publish(cancelSubject(generationId), new Uint8Array());
  let last = record;
  for await (const entry of log.follow(record, AbortSignal.timeout(PATIENCE_MS))) {
    last = entry.record;
    if (last.terminal !== undefined) return last;
  }
  while (last.terminal === undefined) {
    try {
      last = await log.append(last, { type: 'event', event: cancelledAt(last) });
    } catch (thrown) {
      const read = isLogConflict(thrown) ? await log.read(generationId) : undefined;
      if (read === undefined) throw thrown;
      last = read;
    }
  }
  return last;
}

function cancelledAt({ checkpoints }: GenerationRecord): Extract<LogEntry, { type: 'event' }>['event'] {
  const steps = Object.values(checkpoints).flatMap((ofImage) => ofImage.map(({ stepIndex }) => stepIndex));
  return { type: 'cancelled', stepIndex: Math.max(0, ...steps) };
}
