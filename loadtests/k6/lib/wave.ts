import type { Client } from 'k6/net/grpc';
import { ask, connect, delay, evaluationsStarted, isIdle, statusOf, statusWhere } from './cluster.ts';
import { follow } from './follow.ts';
import { usualRequest } from './generate.ts';
import * as metrics from './metrics.ts';

export interface WaveClients {
  /** Stays connected. */
  readonly staying: Client;
  /** Is closed to leave. */
  readonly leaving: Client;
}

const MEANS = ['cancel', 'timeout', 'close'] as const;
type Means = (typeof MEANS)[number];

interface Begun {
  readonly means: Means;
  generationId: string;
  isStarted: boolean;
  readonly ended: Promise<unknown>;
}

/** Of one guided step. */
const EVALUATIONS_A_STEP = 2;
/** Started at once, until some wait. */
const A_HANDFUL = 6;
const MOST = 240;
/** More than they are let finish. */
const STEPS = 500;
const IDLE_LIMIT_MS = 10_000;
/** Workers tell what they do twice a second. */
const COUNTED_AFTER_MS = 1_200;

/**
 * Starts generations until some wait, stops all at one moment (one third each
 * by Cancel, by a deadline and by closing the connection), and measures until
 * the cluster holds nothing of them, and what of them ran nevertheless.
 */
export async function cancelWave({ staying, leaving }: WaveClients): Promise<void> {
  connect(staying);
  connect(leaving);
  await statusWhere(staying, isIdle, IDLE_LIMIT_MS);
  await delay(COUNTED_AFTER_MS);
  const before = evaluationsStarted(await statusOf(staying));

  const stopAtMs = Date.now() + 1_000 + 500 * Math.random();
  const begun = await fill({ staying, leaving }, stopAtMs);
  await delay(stopAtMs - Date.now());
  const running = begun.filter(({ isStarted }) => isStarted).length;
  leaving.close();
  const cancels = begun
    .filter(({ means }) => means === 'cancel')
    .map(({ generationId }) => ask(staying, 'Cancel', { generationId }));
  const stoppedAtMs = Math.max(stopAtMs, Date.now());
  await Promise.all([...cancels, ...begun.map(({ ended }) => ended)]);
  const isNowIdle = isIdle(await statusWhere(staying, isIdle, IDLE_LIMIT_MS));
  const idleMs = Date.now() - stoppedAtMs;

  await delay(COUNTED_AFTER_MS);
  const after = evaluationsStarted(await statusOf(staying));
  const records = await Promise.all(begun.map(({ generationId }) => recordOf(staying, generationId)));
  const areCancelled = records.every(({ state }) => state === 'GENERATION_STATE_CANCELLED');
  if (!areCancelled) console.error(`not all of what was stopped is cancelled: ${records.map(({ state }) => state)}`);
  metrics.stopped.add(begun.length);
  metrics.cancelToIdle.add(isNowIdle && areCancelled ? idleMs : Math.max(idleMs, IDLE_LIMIT_MS));
  const finished = records.reduce((sum, { result }) => sum + (result?.cancelled?.stepIndex ?? 0), 0);
  const inFlight = EVALUATIONS_A_STEP * running;
  if (inFlight > 0) metrics.ranAfterCancel.add((after - before - EVALUATIONS_A_STEP * finished) / inFlight);
}

/** Until denoisers have as much waiting as they are handed, and some generations wait for a place. */
async function fill({ staying, leaving }: WaveClients, stopAtMs: number): Promise<readonly Begun[]> {
  const begun: Begun[] = [];
  while (begun.length < MOST && Date.now() < stopAtMs) {
    const accepted: Promise<void>[] = [];
    for (let i = 0; i < A_HANDFUL; i += 1) {
      const means = MEANS[begun.length % MEANS.length] as Means;
      accepted.push(
        new Promise((resolve) => begun.push(begin(means === 'close' ? leaving : staying, means, stopAtMs, resolve))),
      );
    }
    await Promise.all(accepted);
    if ((await statusOf(staying)).gateways.some(({ queued }) => queued > 0)) break;
  }
  return begun;
}

function begin(client: Client, means: Means, stopAtMs: number, isAccepted: () => void): Begun {
  const request = { ...usualRequest(), steps: String(STEPS) };
  const timeout = means === 'timeout' ? { timeoutMs: Math.max(1, Math.round(stopAtMs - Date.now())) } : {};
  const ended = follow(client, request, {
    ...timeout,
    onEvent: ({ generationId, started }) => {
      begun.generationId = generationId;
      if (started !== undefined) begun.isStarted = true;
      isAccepted();
    },
  }).then((followed) => {
    // Also one that was refused is no longer waited for.
    isAccepted();
    return followed;
  });
  const begun: Begun = { means, generationId: '', isStarted: false, ended };
  return begun;
}

interface StoppedRecord {
  readonly state: string;
  readonly result: { readonly cancelled?: { readonly stepIndex: number } } | null;
}

async function recordOf(client: Client, generationId: string): Promise<StoppedRecord> {
  const { generation } = await ask<{ readonly generation: StoppedRecord }>(client, 'GetGeneration', { generationId });
  return generation;
}
