import { setTimeout as delay } from 'node:timers/promises';
import { type GenerationEvent, TesseraError } from '@tessera/core';
import { durationFromMs, type GenerateRequest, type GenerationServiceClient, msFromDuration } from '@tessera/proto';
import { startViewers } from '../../support/viewer-process.js';
import { asked, generated } from '../../unit/gateway/test-gateway.js';

export const MEANS = ['rpc', 'leave', 'time_limit', 'kill'] as const;
export type Means = (typeof MEANS)[number];

/** What ends a generation before its time, and when. */
export interface Attempt {
  readonly means: Means;
  readonly request: GenerateRequest;
  /** The step after which it comes; before the first: −1 for started, −2 for accepted. */
  readonly step: number;
  /** And so much later. */
  readonly laterMs: number;
}

const MAX_STEPS = 16;
/** Longest wait after the step: about two of them. */
const MAX_LATER_MS = 40;
const MAX_TIME_LIMIT_MS = 1_000;
/** A limit that admission sees to be too short is tried again with a longer one. */
const LONGER = 1.15;

export function randomAttempt(means: Means, random: () => number): Attempt {
  const steps = 2 + Math.floor(random() * (MAX_STEPS - 1));
  return {
    means,
    step: Math.floor(random() * (steps + 2)) - 2,
    laterMs: random() * MAX_LATER_MS,
    request: {
      prompt: 'a red apple',
      seed: Math.floor(random() * 1e6),
      steps,
      guidanceScale: random() < 0.5 ? 1 : 4,
      count: random() < 0.2 ? 2 : 1,
      preview: { everySteps: 1, decoded: random() < 0.3 },
      // The others push those aside whose time limit is to pass.
      priority: means === 'time_limit' ? 0 : 9,
      ...(means === 'time_limit' && timeLimit(1 + random() * MAX_TIME_LIMIT_MS)),
    },
  };
}

function timeLimit(ms: number): Pick<GenerateRequest, 'timeLimit'> {
  return { timeLimit: durationFromMs(ms) };
}

function longer(tried: Attempt): Attempt {
  const ms = msFromDuration(tried.request.timeLimit as Parameters<typeof msFromDuration>[0]) ?? 0;
  return { ...tried, request: { ...tried.request, ...timeLimit(LONGER * ms) } };
}

/** @returns the generation's id, and whether it was ended before it was done. */
export async function attempt(client: GenerationServiceClient, address: string, tried: Attempt) {
  const generationId = tried.means === 'kill' ? await killClient(address, tried) : await endStream(client, tried);
  return { generationId, stopped: await isStopped(client, generationId) };
}

async function endStream(client: GenerationServiceClient, tried: Attempt): Promise<string> {
  const { means, request, laterMs } = tried;
  const controller = new AbortController();
  let generationId = '';
  let ended: Promise<unknown> | undefined;
  const end = async () => {
    await delay(laterMs);
    if (means === 'leave') controller.abort(new Error('left'));
    else await asked(client, 'cancel', { generationId });
  };
  try {
    for await (const event of generated(client, request, controller.signal)) {
      generationId = event.generationId;
      if (means !== 'time_limit' && isDue(event, tried)) ended ??= end();
    }
  } catch (thrown) {
    if (generationId === '' && means === 'time_limit' && TesseraError.from(thrown).code === 'resource_exhausted') {
      return endStream(client, longer(tried));
    }
    if (generationId === '') throw thrown;
  }
  await ended;
  return generationId;
}

async function killClient(address: string, tried: Attempt): Promise<string> {
  await using viewers = startViewers({ address, viewers: 1, stall: false, generate: tried.request });
  const line = await viewers.line((told) => 'event' in told && isDue({ type: told.event, ...told }, tried));
  await delay(tried.laterMs);
  viewers.process.kill('SIGKILL');
  return 'generationId' in line ? line.generationId : '';
}

function isDue(event: { readonly type: string; readonly stepIndex?: number }, { step }: Attempt): boolean {
  if (step === -2) return event.type === 'accepted';
  if (step === -1) return event.type === 'started';
  return event.type === 'completed' || (event.type === 'progress' && (event.stepIndex ?? -1) >= step);
}

const ENDED: readonly string[] = ['completed', 'failed', 'cancelled'] satisfies GenerationEvent['type'][];

async function isStopped(client: GenerationServiceClient, generationId: string): Promise<boolean> {
  for (;;) {
    const { generation } = await asked(client, 'getGeneration', { generationId });
    const state = String(generation?.state).replace('GENERATION_STATE_', '').toLowerCase();
    if (ENDED.includes(state)) return state !== 'completed';
    await delay(20);
  }
}
