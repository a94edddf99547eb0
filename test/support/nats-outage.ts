import { setTimeout as delay } from 'node:timers/promises';
import { TesseraError } from '@tessera/core';
import type { GenerateRequest, GenerationServiceClient } from '@tessera/proto';
import { generated } from '../unit/gateway/test-gateway.js';
import type { NatsCluster } from './nats-cluster.js';

/** How NATS goes away and comes back. */
export interface Outage {
  readonly name: string;
  readonly lastsMs: number;
  begin(): Promise<void>;
  end(): Promise<void>;
}

export function outagesOf(
  { server, proxy }: NatsCluster,
  lasts: { stoppedMs: number; otherMs: number },
): readonly Outage[] {
  const { stoppedMs, otherMs } = lasts;
  const parted = (way: 'both' | 'to-server' | 'to-client'): Outage => ({
    name: `network drops ${way}`,
    lastsMs: otherMs,
    begin: async () => proxy.part(way),
    end: async () => proxy.part('none'),
  });
  return [
    { name: 'stopped', lastsMs: stoppedMs, begin: () => server.stop(), end: () => server.start() },
    { name: 'killed', lastsMs: otherMs, begin: () => server.kill(), end: () => server.start() },
    parted('both'),
    parted('to-server'),
    parted('to-client'),
  ];
}

export interface OutageResult {
  readonly outage: string;
  readonly lastedMs: number;
  /** Steps that running generations made meanwhile, as their viewers saw them. */
  readonly stepsMeanwhile: number;
  /** Longest time in which no viewer saw a step meanwhile. */
  readonly longestPauseMs: number;
  /** Requests meanwhile, on both gateways in turn, and what they were answered. */
  readonly refused: number;
  readonly otherwise: readonly string[];
  readonly slowestRefusalMs: number;
  /** From its return to the first durable event that had waited for it. */
  readonly durableAfterMs: number;
  /** From its return to the first new generation that was accepted, on each gateway. */
  readonly acceptedAfterMs: readonly number[];
  readonly failed: readonly string[];
  /** Pixels of the generations that ran through it, by seed. */
  readonly imageSha256: Readonly<Record<number, string>>;
}

const ASK_EVERY_MS = 250;
const MOST_LASTING_MS = 20_000;
const SHORT_STEPS = 10;

/**
 * @param running requests that take longer than the outage; they have been begun when it begins.
 * @param leastSteps on a slow machine it lasts until so many were seen meanwhile, within {@link MOST_LASTING_MS}.
 */
export async function measureOutage(
  { gateways }: NatsCluster,
  outage: Outage,
  running: readonly GenerateRequest[],
  leastSteps = 0,
): Promise<OutageResult> {
  const clients = gateways.map(({ client }) => client);
  const steps: number[] = [];
  const failed: string[] = [];
  const imageSha256: Record<number, string> = {};
  const viewers = running.map((request, i) => view(clientAt(clients, i), request, () => steps.push(performance.now())));
  await Promise.all(viewers.map(({ begun }) => begun));
  const short = view(clientAt(clients, 0), { ...running[0], seed: 1_000, steps: SHORT_STEPS, priority: 9 }, () => {});
  await short.begun;

  await outage.begin();
  const beganMs = performance.now();
  const refusals: number[] = [];
  const otherwise: string[] = [];
  const lasts = () => {
    const lastedMs = performance.now() - beganMs;
    if (lastedMs < outage.lastsMs) return true;
    return lastedMs < MOST_LASTING_MS && steps.filter((atMs) => atMs > beganMs).length < leastSteps;
  };
  for (let i = 0; lasts(); i += 1) {
    const answer = await ask(clientAt(clients, i));
    if (answer.type === 'unavailable') refusals.push(answer.ms);
    else otherwise.push(answer.type);
    await delay(ASK_EVERY_MS);
  }
  const leftMs = performance.now();
  await outage.end();
  const returnedMs = performance.now();

  const durable = short.ended.then(({ error }) => {
    if (error !== undefined) failed.push(`short: ${error}`);
    return performance.now() - returnedMs;
  });
  const accepted = clients.map((client) => acceptedAfter(client, returnedMs));
  const durableAfterMs = await durable;
  const acceptedAfterMs = await Promise.all(accepted);
  for (const [i, { ended }] of viewers.entries()) {
    const { error, sha256 } = await ended;
    if (error !== undefined) failed.push(error);
    imageSha256[Number(running[i]?.seed)] = sha256 ?? '';
  }
  const meanwhile = steps.filter((atMs) => atMs > beganMs && atMs < leftMs);
  return {
    outage: outage.name,
    lastedMs: Math.round(returnedMs - beganMs),
    stepsMeanwhile: meanwhile.length,
    longestPauseMs: Math.round(longestPause([beganMs, ...meanwhile, leftMs])),
    refused: refusals.length,
    otherwise,
    slowestRefusalMs: Math.round(Math.max(...refusals)),
    durableAfterMs: Math.round(durableAfterMs),
    acceptedAfterMs: acceptedAfterMs.map(Math.round),
    failed,
    imageSha256,
  };
}

interface Viewer {
  /** When its first step was seen. */
  readonly begun: Promise<void>;
  readonly ended: Promise<{ readonly sha256?: string; readonly error?: string }>;
}

/** Watches a generation on the stream on which it was asked for. */
export function view(client: GenerationServiceClient, request: GenerateRequest, onStep: () => void): Viewer {
  let tellBegun = () => {};
  const begun = new Promise<void>((resolve) => {
    tellBegun = resolve;
  });
  const follow = async () => {
    try {
      for await (const event of generated(client, request)) {
        if (event.type === 'progress') {
          tellBegun();
          onStep();
        }
        if (event.type === 'completed') return { sha256: event.images[0]?.receipt.imageSha256 ?? '' };
      }
      return { error: 'the stream ended without an ending' };
    } catch (thrown) {
      return { error: TesseraError.from(thrown).message };
    } finally {
      tellBegun();
    }
  };
  return { begun, ended: follow() };
}

/** One small request, left as soon as it is accepted. */
async function ask(client: GenerationServiceClient): Promise<{ readonly type: string; readonly ms: number }> {
  const beganMs = performance.now();
  const leave = new AbortController();
  try {
    for await (const event of generated(client, { prompt: 'a red apple', steps: 1 }, leave.signal)) {
      leave.abort();
      return { type: event.type, ms: performance.now() - beganMs };
    }
    return { type: 'nothing', ms: performance.now() - beganMs };
  } catch (thrown) {
    return { type: TesseraError.from(thrown).code, ms: performance.now() - beganMs };
  }
}

async function acceptedAfter(client: GenerationServiceClient, sinceMs: number): Promise<number> {
  for (;;) {
    const { type } = await ask(client);
    if (type === 'accepted') return performance.now() - sinceMs;
    await delay(ASK_EVERY_MS);
  }
}

function clientAt(clients: readonly GenerationServiceClient[], i: number): GenerationServiceClient {
  const client = clients[i % clients.length];
  if (client === undefined) throw new Error('a cluster without gateways');
  return client;
}

function longestPause(momentsMs: readonly number[]): number {
  return Math.max(...momentsMs.map((atMs, i) => atMs - (momentsMs[i - 1] ?? atMs)));
}
