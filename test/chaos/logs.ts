import { isTerminal, type LogEntry, type Plan, TesseraError } from '@tessera/core';
import { connectNatsBus, createGenerationLog, createLogger } from '@tessera/runtime';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What the Bus holds of one generation. */
export interface LoggedGeneration {
  readonly generationId: string;
  readonly plan: Plan;
  readonly state: string;
  /** Entries that end it; the first counts. */
  readonly endings: readonly string[];
  /** Gateways that went on with it after another one. */
  readonly takeOvers: number;
  /** Most steps of one image between two of its checkpoints, or before the first. */
  readonly longestInterval: number;
  /** Who had it when, and from where on it could go on. */
  readonly history: readonly string[];
}

/** Reads every log there is; one that cannot be read is an error. */
export async function readLogs(natsUrl: string): Promise<ReadonlyMap<string, LoggedGeneration>> {
  using folder = temporaryFolder();
  const stop = new AbortController();
  const setup = {
    servers: [natsUrl],
    name: 'observer',
    logger: createLogger('test', 'silent'),
    seenFolder: folder.path,
  };
  const bus = await connectNatsBus(setup, AbortSignal.timeout(30_000));
  const found = new Map<string, LoggedGeneration>();
  const lastStep = new Map<string, number>();
  try {
    for await (const notice of createGenerationLog(bus).followAll(stop.signal)) {
      if (notice.type === 'caught-up') break;
      if (notice.type === 'unreadable') throw TesseraError.from(notice.error);
      if (notice.type === 'deleted') continue;
      const { entry, record } = notice;
      const { generationId, plan, state } = record;
      const before = found.get(generationId) ?? { endings: [], takeOvers: 0, longestInterval: 0, history: [] };
      const ending = entry.type === 'event' && isTerminal(entry.event) ? [entry.event.type] : [];
      let { longestInterval } = before;
      if (entry.type === 'checkpoint') {
        const image = `${generationId} ${entry.imageIndex}`;
        longestInterval = Math.max(longestInterval, entry.stepIndex - (lastStep.get(image) ?? 0));
        lastStep.set(image, entry.stepIndex);
      }
      found.set(generationId, {
        ...{ generationId, plan, state, longestInterval },
        endings: [...before.endings, ...ending],
        takeOvers: before.takeOvers + (entry.type === 'lease' ? 1 : 0),
        history: [...before.history, ...told(entry)],
      });
    }
  } finally {
    stop.abort();
    await bus.close();
  }
  return found;
}

function told(entry: LogEntry): readonly string[] {
  if (entry.type !== 'lease' && entry.type !== 'checkpoint') return [];
  const at = `at ${Math.round(entry.ageMs ?? 0)} ms`;
  if (entry.type === 'lease') return [`${at} lease ${entry.fence}`];
  return [`${at} step ${entry.stepIndex} of image ${entry.imageIndex}`];
}
