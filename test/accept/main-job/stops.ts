import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, evaluationsStarted, type JsonEvent, runTessera, startCluster } from '../../support/cluster.js';
import { accepts, eventually, processesWithEnv } from '../../support/processes.js';
import { passTimeLimit } from '../../support/time-limit.js';
import type { AcceptancePoint } from '../point.js';

/** Long enough that no stop below comes after the end. */
const STEPS = 400;
/** Guidance: every step is two evaluations in one call. */
const EVALUATIONS_A_STEP = 2;
const STOP_AFTER_STEP = 5;
const SETTLE_LIMIT_MS = 10_000;

const MEANS = ['ctrl-c', 'kill-9', 'cancel', 'time-limit'] as const;
type Means = (typeof MEANS)[number];

interface Stopped {
  readonly means: Means;
  /** Calls that began after the last step the gateway finished: the one that was in flight, and any later one. */
  readonly callsAfterLastStep: number;
  /** Evaluations that began after the generation had ended. */
  readonly startedAfterEnd: number;
  readonly state: string;
}

const total = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0);

async function stopBy(means: Means, cluster: Cluster, folder: string, seed: number): Promise<Stopped> {
  let before = total(await evaluationsStarted(cluster.address));
  let generationId = '';
  let lastStep = -1;
  const follow = (event: JsonEvent) => {
    if (event.type === 'accepted') generationId = String(event.generation_id);
    if (event.type === 'progress') lastStep = Number(event.step_index);
  };
  if (means === 'time-limit') {
    before += (await passTimeLimit(cluster, folder, follow)).freeEvaluations;
  } else {
    await stopGenerate(means, cluster, folder, seed, follow);
  }
  const record = await ended(cluster.address, generationId);
  const atEnd = total(await evaluationsStarted(cluster.address));
  // Twenty steps' time: anything still queued anywhere would run in it.
  await new Promise((resolve) => setTimeout(resolve, 600));
  const later = total(await evaluationsStarted(cluster.address));
  // A cancelled generation says how far it came; a failed one was watched to its end.
  const cancelledAt = (record.result as { cancelled?: { step_index?: number } })?.cancelled?.step_index;
  const finishedSteps = Number(cancelledAt ?? lastStep + 1);
  return {
    means,
    callsAfterLastStep: (later - before) / EVALUATIONS_A_STEP - finishedSteps,
    startedAfterEnd: later - atEnd,
    state: String(record.state),
  };
}

async function stopGenerate(
  means: Exclude<Means, 'time-limit'>,
  cluster: Cluster,
  folder: string,
  seed: number,
  follow: (event: JsonEvent) => void,
): Promise<void> {
  let cancelled: Promise<unknown> = Promise.resolve();
  await runTessera(
    [
      ...['generate', 'a rocket', '--seed', String(seed), '--steps', String(STEPS), '--guidance', '4', '--json'],
      ...['--address', cluster.address, '--output', join(folder, `${means}.png`)],
    ],
    {
      onLine: (line, child) => {
        const event = JSON.parse(line) as JsonEvent;
        follow(event);
        if (event.type !== 'progress' || event.step_index !== STOP_AFTER_STEP) return;
        if (means === 'ctrl-c') child.kill('SIGINT');
        if (means === 'kill-9') child.kill('SIGKILL');
        const id = String(event.generation_id);
        if (means === 'cancel') cancelled = runTessera(['cancel', id, '--address', cluster.address]);
      },
    },
  );
  await cancelled;
}

async function ended(address: string, generationId: string): Promise<JsonEvent> {
  let record: JsonEvent | undefined;
  await eventually(async () => {
    const { events } = await runTessera(['ps', '--json', '--address', address]);
    record = events.find((generation) => generation.generation_id === generationId);
    return record !== undefined && !['queued', 'running'].includes(String(record.state));
  }, SETTLE_LIMIT_MS);
  if (record === undefined) throw new Error(`${generationId} is not listed`);
  return record;
}

/** An ephemeral cluster, whose own command is killed: everything it started must go with it. */
async function leftBehind(signal: NodeJS.Signals, seed: number): Promise<{ processes: number; files: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-left-'));
  try {
    await runTessera(
      ['generate', 'a rocket', '--steps', String(STEPS), '--seed', String(seed), '--json', '--ephemeral'],
      {
        cwd: folder,
        env: { TMPDIR: folder, TESSERA_HOME: join(folder, 'home') },
        onLine: (line, child) => {
          const event = JSON.parse(line) as JsonEvent;
          if (event.type === 'progress' && event.step_index === STOP_AFTER_STEP) child.kill(signal);
        },
      },
    );
    await eventually(() => processesWithEnv('TMPDIR', folder).length === 0, SETTLE_LIMIT_MS);
    const files = (await readdir(folder, { recursive: true })).filter((name) => name !== 'home');
    return { processes: processesWithEnv('TMPDIR', folder).length, files: files.length };
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const stopsPoint: AcceptancePoint = {
  id: 'main-job.5',
  title: 'Ctrl-C, kill -9, Cancel and time_limit stop the work, and nothing stays behind',
  run: async (seed) => {
    const folder = await mkdtemp(join(tmpdir(), 'tessera-stops-'));
    try {
      const stops: Stopped[] = [];
      let addresses: string[] = [];
      {
        await using cluster = await startCluster([], { TMPDIR: folder });
        addresses = [cluster.address, ...cluster.workers.map(({ address }) => address)];
        for (const means of MEANS) stops.push(await stopBy(means, cluster, folder, seed));
      }
      const portsOpen = (await Promise.all(addresses.map(accepts))).filter(Boolean).length;
      const processes = processesWithEnv('TMPDIR', folder).length;
      // The generation that the time limit was measured by left its image.
      const files = (await readdir(folder)).filter((name) => name !== 'free.png').length;
      const ephemeral = [await leftBehind('SIGINT', seed), await leftBehind('SIGKILL', seed)];
      return {
        value: { stops, cluster: { processes, ports: portsOpen, files }, ephemeral },
        limit: { callsAfterLastStep: 1, startedAfterEnd: 0, processes: 0, ports: 0, files: 0 },
        pass:
          stops.every(({ callsAfterLastStep, startedAfterEnd }) => callsAfterLastStep <= 1 && startedAfterEnd === 0) &&
          stops.every(({ means, state }) => state === (means === 'time-limit' ? 'failed' : 'cancelled')) &&
          [{ processes, ports: portsOpen, files }, ...ephemeral].every((left) =>
            Object.values(left).every((count) => count === 0),
          ),
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
