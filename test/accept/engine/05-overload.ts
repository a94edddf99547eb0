import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TesseraClient } from '@tessera/client';
import { tesseraV1 } from '@tessera/proto';
import { connectChannel } from '@tessera/runtime';
import { startCluster } from '../../support/cluster.js';
import { percentile } from '../../support/percentile.js';
import { seededRandom } from '../../support/seeded-random.js';
import type { AcceptancePoint } from '../point.js';
import { closedLoop, type Outcome, openLoop, outcomeOf } from './open-load.js';

const STEPS = 4;
/** With guidance. */
const EVALUATIONS = 2 * STEPS;
const TIME_LIMIT_S = 5;
const LOADS = [1, 2, 5] as const;
const LOAD_MS = 60_000;
const CAPACITY_MS = 10_000;
const AT_A_TIME = 8;
const LONE_REQUESTS = 10;
const GOODPUT_LIMIT = 0.9;
const REFUSAL_LIMIT_MS = 10;
const NORMAL_LIMIT_MS = 10_000;
/** Workers tell their counters twice a second. */
const COUNTED_AFTER_MS = 1_500;
/** A lone request is as fast as before, and a little noise. */
const NORMAL_FACTOR = 1.5;

export const overloadPoint: AcceptancePoint = {
  id: 'engine.5',
  title: 'beyond its capacity a cluster refuses at once what it cannot do, and does as much as before',
  run: async (seed) => {
    await using cluster = await startCluster(['--log-level', 'warn']);
    const channel = connectChannel(cluster.address);
    const client = channel.client(tesseraV1.GenerationService);
    const watcher = connect({ address: cluster.address });
    const random = seededRandom(seed);
    const plain = () => ({ prompt: 'a red apple', seed: Math.floor(random() * 2 ** 31), steps: STEPS });
    const limited = () => ({ ...plain(), timeLimit: { seconds: TIME_LIMIT_S } });
    try {
      await closedLoop(client, plain, { atATime: 2, forMs: 1_000 });
      const lone: number[] = [];
      for (let i = 0; i < LONE_REQUESTS; i += 1) lone.push(completedMs(await outcomeOf(client, plain())));
      const capacity = await closedLoop(client, plain, { atATime: AT_A_TIME, forMs: CAPACITY_MS });

      await delay(COUNTED_AFTER_MS);
      const levels = [];
      for (const load of LOADS) {
        const before = await counters(watcher);
        const beganMs = performance.now();
        const outcomes = await openLoop(client, limited, { aSecond: load * capacity, forMs: LOAD_MS, random });
        let loneRequests = 0;
        const normalAfterMs = await untilNormal(beganMs + LOAD_MS, NORMAL_FACTOR * percentile(lone, 0.9), async () => {
          loneRequests += 1;
          return completedMs(await outcomeOf(client, plain()));
        });
        await delay(COUNTED_AFTER_MS);
        const after = await counters(watcher);
        const told = summary(outcomes, beganMs);
        const explained = EVALUATIONS * (told.completed + told.late + loneRequests);
        levels.push({
          load,
          ...told,
          normalAfterMs,
          // Those out of time may have made any part of theirs.
          evaluationsOfRefused: Math.max(0, after.evaluations - before.evaluations - explained),
          refusedUncounted: told.refused - (after.refused - before.refused),
        });
      }
      const best = Math.max(...levels.map(({ completedASecond }) => completedASecond));
      const most = levels.at(-1);
      const gateway = await counters(watcher);
      const goodput = (most?.completedASecond ?? 0) / best;
      return {
        value: {
          capacityASecond: capacity,
          loneMs: percentile(lone, 0.5),
          goodput,
          refusalP99Ms: gateway.refusalP99Ms,
          levels,
        },
        limit: {
          goodput: GOODPUT_LIMIT,
          refusalP99Ms: REFUSAL_LIMIT_MS,
          evaluationsOfRefused: 0,
          normalAfterMs: NORMAL_LIMIT_MS,
        },
        pass:
          goodput >= GOODPUT_LIMIT &&
          gateway.refusalP99Ms <= REFUSAL_LIMIT_MS &&
          levels.every(({ evaluationsOfRefused, failed, refusedUncounted }) => {
            return evaluationsOfRefused <= 0 && failed === 0 && refusedUncounted === 0;
          }) &&
          levels.every(({ normalAfterMs }) => normalAfterMs <= NORMAL_LIMIT_MS),
      };
    } finally {
      watcher.close();
      channel.close();
    }
  },
};

function completedMs(outcome: Outcome): number {
  if (outcome.type !== 'completed') throw new Error(`a lone request was ${JSON.stringify(outcome)}`);
  return outcome.ms;
}

async function counters(watcher: TesseraClient) {
  const { gateways, workers } = await watcher.status();
  const evaluations = workers
    .filter(({ stage }) => stage === 'denoiser')
    .reduce((sum, { evaluationsStarted }) => sum + evaluationsStarted, 0);
  return { evaluations, refused: gateways[0]?.refused ?? 0, refusalP99Ms: gateways[0]?.refusalP99Ms ?? Number.NaN };
}

function summary(outcomes: readonly Outcome[], beganMs: number) {
  const of = <Type extends Outcome['type']>(type: Type) =>
    outcomes.filter((outcome): outcome is Extract<Outcome, { type: Type }> => outcome.type === type);
  const completed = of('completed');
  const inTime = completed.filter(({ endedAtMs }) => endedAtMs <= beganMs + LOAD_MS);
  const refused = of('refused');
  return {
    requests: outcomes.length,
    completed: completed.length,
    /** Within the time of the load. */
    completedASecond: (1000 * inTime.length) / LOAD_MS,
    completedP95Ms: percentile(
      completed.map(({ ms }) => ms),
      0.95,
    ),
    late: of('late').length,
    failed: of('failed').length,
    refused: refused.length,
    refusedWithoutRetry: refused.filter(({ retryAfterMs }) => retryAfterMs === undefined).length,
    clientSeesRefusalMs: {
      p50: percentile(
        refused.map(({ ms }) => ms),
        0.5,
      ),
      p99: percentile(
        refused.map(({ ms }) => ms),
        0.99,
      ),
    },
  };
}

/** Since the load's end, until a lone request is as fast as before it. */
async function untilNormal(endMs: number, normalMs: number, loneMs: () => Promise<number>): Promise<number> {
  for (;;) {
    const ms = await loneMs();
    if (ms <= normalMs || performance.now() - endMs > 6 * NORMAL_LIMIT_MS) return performance.now() - endMs;
  }
}
