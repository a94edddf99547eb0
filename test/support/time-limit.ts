import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, type CommandResult, type JsonEvent, runTessera } from './cluster.js';

/** With guidance a step is two evaluations. */
const EVALUATIONS_A_STEP = 2;
/** Long enough for a limit between what is forecast and what a frozen denoiser makes of it. */
const STEPS = 60;
const FREEZE_AT_STEP = 3;
/** Shorter than it takes a gateway to give a worker up for lost, which would repeat a call; then a beat comes through. */
const FROZEN_MS = 1100;
const THAWED_MS = 300;

/**
 * A generation that passes its time limit although it was admitted: the limit
 * is twice what the same generation just took, and its denoiser
 * then stands still most of the time. (A limit that is too short from the
 * start is refused, not passed.)
 *
 * @returns how the late one ended, and the evaluations of the one it was measured by.
 */
export async function passTimeLimit(
  cluster: Cluster,
  cwd: string,
  onEvent: (event: JsonEvent) => void = () => {},
): Promise<CommandResult & { readonly freeEvaluations: number }> {
  const [denoiser] = cluster.workers.filter(({ stage }) => stage === 'denoiser');
  if (denoiser === undefined) throw new Error('the cluster has no denoiser');
  const args = [
    'generate',
    'a rocket',
    '--steps',
    String(STEPS),
    '--guidance',
    '4',
    '--json',
    '--address',
    cluster.address,
  ];
  let beganMs = 0;
  const free = await runTessera([...args, '--output', 'free.png', '--force'], {
    cwd,
    onLine: (line) => {
      if ((JSON.parse(line) as JsonEvent).type === 'accepted') beganMs = performance.now();
    },
  });
  if (free.code !== 0) throw new Error(`the generation to measure by failed: ${free.stderr}`);
  const limit = `${Math.ceil(2 * (performance.now() - beganMs))}ms`;

  const ended = new AbortController();
  let freezing: Promise<void> | undefined;
  const result = await runTessera([...args, '--output', 'late.png', '--time-limit', limit], {
    cwd,
    onLine: (line) => {
      const event = JSON.parse(line) as JsonEvent;
      onEvent(event);
      if (event.type === 'progress' && event.step_index === FREEZE_AT_STEP) {
        freezing ??= freezeUntil(ended.signal, denoiser.pid);
      }
    },
  });
  ended.abort();
  await freezing;
  return { ...result, freeEvaluations: STEPS * EVALUATIONS_A_STEP };
}

async function freezeUntil(signal: AbortSignal, pid: number): Promise<void> {
  while (!signal.aborted) {
    process.kill(pid, 'SIGSTOP');
    try {
      await delay(FROZEN_MS, undefined, { signal }).catch(() => {});
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await delay(THAWED_MS, undefined, { signal }).catch(() => {});
  }
}
