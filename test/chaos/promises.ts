import type { ClusterStatus } from '@tessera/client';
import type { Done } from './disturb.js';
import type { Followed } from './load.js';
import type { LoggedGeneration } from './logs.js';
import type { ResultReads } from './result-reads.js';

/** One promise, held against what was seen. */
export interface Held {
  readonly promise: string;
  readonly value: unknown;
  readonly limit: unknown;
  readonly pass: boolean;
}

/** All that was seen. */
export interface Seen {
  readonly followed: readonly Followed[];
  readonly accepted: ReadonlySet<string>;
  readonly logs: ReadonlyMap<string, LoggedGeneration>;
  readonly reads: ResultReads;
  readonly done: readonly Done[];
  /** Of the requests, undisturbed. */
  readonly expected: readonly string[];
  /** Evaluations that were completed, by generation. */
  readonly evaluations: ReadonlyMap<string, number>;
  /** Once nothing is sent any more. */
  readonly status: ClusterStatus;
  /** Processes that ended without being killed, as their supervisor told it. */
  readonly endedByThemselves: readonly string[];
}

export function judge(seen: Seen): readonly Held[] {
  const { followed, accepted, logs, reads, status } = seen;
  const completed = followed.filter(({ endings }) => endings[0] === 'completed');
  const ids = [...accepted];
  const open = ids.filter((id) => (logs.get(id)?.endings.length ?? 0) === 0);
  const twice = [...logs.values()].filter(({ endings }) => endings.length > 1);
  const idsOfKey = new Map<string, string[]>();
  for (const { key, generationIds } of followed) idsOfKey.set(key, [...(idsOfKey.get(key) ?? []), ...generationIds]);
  const shared = [...idsOfKey].filter(([, its]) => its.length > 1);
  const busy = status.gateways.filter(
    ({ running, queued, ledger }) =>
      running + queued > 0 || ledger.some(({ kind, taken, released }) => kind !== 'streams' && taken !== released),
  );
  return [
    none('what was accepted is not lost', 'accepted', ids.length, open),
    none(
      'a generation ends once',
      'generations',
      logs.size,
      twice.map(({ generationId }) => generationId),
    ),
    none(
      'a viewer hears one ending',
      'viewers',
      followed.length,
      followed.filter(({ endings }) => endings.length !== 1).map(tellOf),
    ),
    none('completed has its result', 'reads', reads.completed, [...reads.without, ...reads.unknown]),
    none(
      'the bits are those of the undisturbed run',
      'completed',
      completed.length,
      completed.filter(({ hashes, index }) => hashes !== seen.expected[index]).map(tellOf),
    ),
    none(
      'no step comes twice without restarted',
      'viewers',
      followed.length,
      followed.filter(({ repeatedSteps }) => repeatedSteps > 0).map(tellOf),
    ),
    none(
      'durable events come once and in order',
      'viewers',
      followed.length,
      followed.filter(({ inOrder }) => !inOrder).map(tellOf),
    ),
    none(
      'one key is one generation',
      'shared keys',
      shared.length,
      shared.filter(([, its]) => new Set(its).size > 1).map(([key]) => key),
    ),
    none(
      'no stream breaks and nothing fails',
      'viewers',
      followed.length,
      followed.filter(({ failure, cancelled }) => failure !== undefined && !cancelled).map(tellOf),
    ),
    repeatedEvaluations(seen),
    none(
      'nothing is left behind',
      'gateways',
      status.gateways.length,
      busy.map(({ id, running, queued, ledger }) => JSON.stringify({ id, running, queued, ledger })),
    ),
    none('no process ends by itself', 'disturbances', seen.done.length, seen.endedByThemselves),
  ];
}

/** No case against the promise, of so many. Without a case that could have been one nothing was shown. */
function none(promise: string, of: string, count: number, against: readonly string[]): Held {
  return {
    promise,
    value: { [of]: count, against: against.length, ...(against.length > 0 && { such: against.slice(0, 5) }) },
    limit: { against: 0 },
    pass: against.length === 0 && count > 0,
  };
}

function tellOf({ key, generationIds, endings, failure }: Followed): string {
  return [key, ...generationIds, ...endings, failure ?? ''].join(' ');
}

/**
 * What is made again costs no more than was in flight at a lost denoiser, and
 * the steps since the last checkpoint at a lost gateway. A step of a generation
 * is in flight once for each of its images.
 */
function repeatedEvaluations({ followed, logs, evaluations, done }: Seen): Held {
  const against: string[] = [];
  let made = 0;
  let needed = 0;
  let allowed = 0;
  // Of those that share a key one is enough.
  const each = new Map(followed.map((one) => [one.key, one]));
  for (const { generationIds, beganMs, endedMs, endings } of each.values()) {
    const logged = logs.get(generationIds[0] ?? '');
    if (logged === undefined || endings[0] !== 'completed') continue;
    const { plan, takeOvers, longestInterval } = logged;
    const inFlight = plan.evaluations / plan.timesteps.length;
    const meanwhile = done.filter(({ doneAtMs }) => doneAtMs >= beganMs && doneAtMs <= endedMs);
    const lostDenoisers = meanwhile.filter(({ victim }) => victim.startsWith('denoiser')).length;
    const mayRepeat = lostDenoisers * inFlight + takeOvers * (longestInterval + 1) * inFlight;
    const its = evaluations.get(logged.generationId) ?? 0;
    made += its;
    needed += plan.evaluations;
    allowed += mayRepeat;
    if (its > plan.evaluations + mayRepeat) {
      const disturbed = meanwhile.map(
        ({ kind, victim, doneAtMs }) => `at ${Math.round(doneAtMs - beganMs)} ms ${kind} ${victim}`,
      );
      const history = [...logged.history, ...disturbed].join(', ');
      against.push(`${logged.generationId}: ${its}, needed ${plan.evaluations}, may repeat ${mayRepeat} (${history})`);
    }
  }
  const value = { needed, made, mayRepeat: allowed, against: against.length, such: against.slice(0, 5) };
  return {
    promise: 'little is made again: what was in flight, the steps since a checkpoint',
    value,
    limit: { against: 0 },
    pass: against.length === 0 && made >= needed * 0.9,
  };
}
