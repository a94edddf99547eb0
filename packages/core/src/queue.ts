/**
 * The order in which waiting calls run: one policy, as a plain value, used by
 * the gateway for what it dispatches and by a worker for what it runs next.
 *
 * Between tenants: start-time fair queueing (Goyal, Vin, Cheng 1996) over
 * evaluations spent, by weight. A tenant's calls share one account, however
 * many connections or keys they come from, so nobody gains by asking more
 * often. Within a tenant: higher class first, then the earliest deadline, then
 * the shortest remaining work, then arrival. A call that waits rises one class
 * for every `patienceMs`, so that no call starves behind better ones.
 */
export interface Queue<Call extends QueuedCall> {
  /** The start tag of the call served last: the system's virtual time, in evaluations a unit of weight. */
  readonly virtualTime: number;
  /** Finish tag of each tenant's last served call. Tenants behind the virtual time are forgotten: they owe nothing. */
  readonly finishTags: ReadonlyMap<string, number>;
  readonly waiting: ReadonlyMap<string, readonly Call[]>;
}

export interface QueuedCall {
  readonly id: number;
  readonly tenant: string;
  /** Calls of one bucket may share a run: equal model, latent shape, sequence length, extra inputs. */
  readonly bucket: string;
  /** Evaluations: one for each conditioning. */
  readonly evaluations: number;
  /** 0 (background) to 9 (urgent). */
  readonly priority: number;
  /** On the caller's monotonic clock. */
  readonly arrivedAtMs: number;
  readonly deadlineMs?: number;
  /** Evaluations that the call's generation still needs, this call included. */
  readonly remainingEvaluations: number;
}

export interface QueuePolicy {
  /** Share of a tenant; 1 unless told otherwise. */
  weightOf(tenant: string): number;
  readonly patienceMs: number;
}

export const DEFAULT_QUEUE_POLICY: QueuePolicy = { weightOf: () => 1, patienceMs: 10_000 };

export function emptyQueue<Call extends QueuedCall>(): Queue<Call> {
  return { virtualTime: 0, finishTags: new Map(), waiting: new Map() };
}

export function enqueue<Call extends QueuedCall>(queue: Queue<Call>, call: Call): Queue<Call> {
  const waiting = new Map(queue.waiting);
  waiting.set(call.tenant, [...(waiting.get(call.tenant) ?? []), call]);
  return { ...queue, waiting };
}

/** Without the call; the same queue when it is not waiting (it may have begun). */
export function withdraw<Call extends QueuedCall>(queue: Queue<Call>, call: Call): Queue<Call> {
  const calls = queue.waiting.get(call.tenant);
  if (calls === undefined || !calls.some(({ id }) => id === call.id)) return queue;
  return {
    ...queue,
    waiting: withCalls(
      queue.waiting,
      call.tenant,
      calls.filter(({ id }) => id !== call.id),
    ),
  };
}

export interface Taken<Call extends QueuedCall> {
  readonly queue: Queue<Call>;
  /** In the order of the policy; all of one bucket. */
  readonly calls: readonly Call[];
}

export interface TakeLimits {
  /** Evaluations that fit one run. The first call is taken even if it alone is larger. */
  readonly evaluations: number;
  readonly nowMs: number;
  /** Only these may be taken; for a caller whose takers differ in what they serve. */
  readonly accepts?: (call: QueuedCall) => boolean;
}

/** What runs next: the call that the policy puts first, and those of its bucket that fit beside it. */
export function take<Call extends QueuedCall>(
  queue: Queue<Call>,
  limits: TakeLimits,
  policy: QueuePolicy,
): Taken<Call> {
  const calls: Call[] = [];
  let rest = queue;
  let room = limits.evaluations;
  for (;;) {
    const [first] = calls;
    const mayJoin = (call: QueuedCall) =>
      (limits.accepts?.(call) ?? true) &&
      (first === undefined || (call.bucket === first.bucket && call.evaluations <= room));
    const next = firstInOrder(rest, mayJoin, limits.nowMs, policy);
    if (next === undefined) return { queue: rest, calls };
    calls.push(next);
    room -= next.evaluations;
    rest = served(rest, next, policy);
  }
}

/** Every waiting call in the order in which the policy would serve them now. */
export function inOrder<Call extends QueuedCall>(
  queue: Queue<Call>,
  nowMs: number,
  policy: QueuePolicy,
): readonly Call[] {
  const order: Call[] = [];
  let rest = queue;
  for (;;) {
    const next = firstInOrder(rest, () => true, nowMs, policy);
    if (next === undefined) return order;
    order.push(next);
    rest = served(rest, next, policy);
  }
}

export function waitingEvaluations<Call extends QueuedCall>(queue: Queue<Call>): number {
  let sum = 0;
  for (const calls of queue.waiting.values()) for (const { evaluations } of calls) sum += evaluations;
  return sum;
}

function firstInOrder<Call extends QueuedCall>(
  queue: Queue<Call>,
  mayTake: (call: Call) => boolean,
  nowMs: number,
  policy: QueuePolicy,
): Call | undefined {
  let best: Call | undefined;
  let bestTag = Number.POSITIVE_INFINITY;
  for (const [tenant, calls] of queue.waiting) {
    const tag = startTag(queue, tenant);
    if (best !== undefined && tag > bestTag) continue;
    const candidate = bestOfTenant(calls, mayTake, nowMs, policy);
    if (candidate === undefined) continue;
    if (best === undefined || tag < bestTag || candidate.arrivedAtMs < best.arrivedAtMs) {
      best = candidate;
      bestTag = tag;
    }
  }
  return best;
}

function bestOfTenant<Call extends QueuedCall>(
  calls: readonly Call[],
  mayTake: (call: Call) => boolean,
  nowMs: number,
  policy: QueuePolicy,
): Call | undefined {
  let best: Call | undefined;
  for (const call of calls) {
    if (mayTake(call) && (best === undefined || precedes(call, best, nowMs, policy))) best = call;
  }
  return best;
}

function precedes(a: QueuedCall, b: QueuedCall, nowMs: number, policy: QueuePolicy): boolean {
  const byClass = agedClass(b, nowMs, policy) - agedClass(a, nowMs, policy);
  if (byClass !== 0) return byClass < 0;
  const byDeadline = (a.deadlineMs ?? Number.MAX_VALUE) - (b.deadlineMs ?? Number.MAX_VALUE);
  if (byDeadline !== 0) return byDeadline < 0;
  const byWork = a.remainingEvaluations - b.remainingEvaluations;
  if (byWork !== 0) return byWork < 0;
  return a.arrivedAtMs < b.arrivedAtMs;
}

function agedClass(call: QueuedCall, nowMs: number, policy: QueuePolicy): number {
  return call.priority + Math.floor((nowMs - call.arrivedAtMs) / policy.patienceMs);
}

function startTag(queue: Queue<QueuedCall>, tenant: string): number {
  return Math.max(queue.virtualTime, queue.finishTags.get(tenant) ?? 0);
}

function served<Call extends QueuedCall>(queue: Queue<Call>, call: Call, policy: QueuePolicy): Queue<Call> {
  const begin = startTag(queue, call.tenant);
  const finishTags = new Map([...queue.finishTags].filter(([, finish]) => finish > begin));
  finishTags.set(call.tenant, begin + call.evaluations / policy.weightOf(call.tenant));
  const calls = queue.waiting.get(call.tenant) ?? [];
  const waiting = withCalls(
    queue.waiting,
    call.tenant,
    calls.filter(({ id }) => id !== call.id),
  );
  return { virtualTime: begin, finishTags, waiting };
}

function withCalls<Call>(waiting: ReadonlyMap<string, readonly Call[]>, tenant: string, calls: readonly Call[]) {
  const next = new Map(waiting);
  if (calls.length === 0) next.delete(tenant);
  else next.set(tenant, calls);
  return next;
}
