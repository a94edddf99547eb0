import { before, firstOf, found, inserted, itemsOf, type OrderedTree, removed, sizeOf } from './queue/ordered-tree.js';
import { callOrder, type QueuedCall, type QueuePolicy, shareOf, virtualStartOf } from './queue/queued-call.js';
import { BY_NAME, BY_TAG, newAccount, type TenantAccount, withoutCall } from './queue/tenant-account.js';

export type { QueuedCall, QueuePolicy } from './queue/queued-call.js';

/**
 * The order in which waiting calls run: one policy, as a plain value, used by
 * the gateway for what it dispatches and by a worker for what it runs next.
 *
 * Between tenants: start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996)
 * over evaluations spent, by weight. A tenant's calls share one account,
 * however many connections or keys they come from, so nobody gains by asking
 * more often. A tenant that was away comes back at the virtual time: it owes
 * nothing and is owed nothing. Among equal accounts the tenant that was served
 * least recently is next.
 *
 * Within a tenant: higher class first, then the earliest deadline, then the
 * shortest remaining work, then arrival. A call that waits rises one class for
 * every `patienceMs`, so that no call starves behind better ones.
 *
 * Several queues share one order: a call carries the start tag that it had in
 * the queue before (`virtualStart`), a queue learns with {@link advance} how
 * far the next one has come, and one that hands on keeps calls of every active
 * tenant waiting in the next, which then decides between them.
 *
 * Every operation takes time logarithmic in what waits, and {@link take} also
 * in proportion to the tenants that it has to pass over.
 */
export interface Queue<Call extends QueuedCall> {
  readonly policy: QueuePolicy;
  /** Start tag of the call served last: evaluations a unit of weight. Never goes back. */
  readonly virtualTime: number;
  /** Calls that wait. */
  readonly size: number;
  /** Evaluations that wait. */
  readonly evaluations: number;
  /** Counts the calls served. */
  readonly served: number;
  /** Every active tenant, by name. */
  readonly accounts: OrderedTree<TenantAccount<Call>> | undefined;
  /** Those with calls, by their tags: who is next. */
  readonly waiting: OrderedTree<TenantAccount<Call>> | undefined;
  /** Those without calls who were served lately. */
  readonly owing: OrderedTree<TenantAccount<Call>> | undefined;
}

export const DEFAULT_QUEUE_POLICY: QueuePolicy = { patienceMs: 10_000 };

/**
 * Evaluations a unit of weight: what a tenant that waits may be behind the
 * virtual time, when nobody could take its calls, and how far a tenant that is
 * away may be behind and still count as active.
 */
const MOST_CREDIT = 8;

export function emptyQueue<Call extends QueuedCall>(policy: QueuePolicy = DEFAULT_QUEUE_POLICY): Queue<Call> {
  const nobody = { accounts: undefined, waiting: undefined, owing: undefined };
  return { policy, virtualTime: 0, size: 0, evaluations: 0, served: 0, ...nobody };
}

export function enqueue<Call extends QueuedCall>(queue: Queue<Call>, call: Call): Queue<Call> {
  const account = accountOf(queue, call);
  const order = callOrder<Call>(queue.policy);
  const calls = new Map(account.calls).set(call.bucket, inserted(account.calls.get(call.bucket), call, order));
  const tag = account.size > 0 ? account.tag : Math.max(account.tag, virtualStartOf(call));
  return withAccount(queue, account, {
    ...account,
    tag,
    weight: shareOf(call),
    calls,
    size: account.size + 1,
    evaluations: account.evaluations + call.evaluations,
  });
}

/** Without the call; the same queue when it is not waiting (it may have begun). */
export function withdraw<Call extends QueuedCall>(queue: Queue<Call>, call: Call): Queue<Call> {
  const account = knownAccount(queue, call.tenant);
  const without = account && withoutCall(account, call, callOrder<Call>(queue.policy));
  return account === undefined || without === undefined ? queue : withAccount(queue, account, without);
}

export interface Taken<Call extends QueuedCall> {
  readonly queue: Queue<Call>;
  /** In the order of the policy; all of one bucket. */
  readonly calls: readonly Call[];
  /** The start tag of each: its `virtualStart` for the next queue. */
  readonly virtualStarts: readonly number[];
}

export interface TakeLimits<Call extends QueuedCall = QueuedCall> {
  /** Evaluations that fit one run. The first call is taken even if it alone is larger. */
  readonly evaluations: number;
  /**
   * As `evaluations`, while several tenants are active: what a run may delay
   * the others by. A tenant is active while it waits, and for a while between
   * two of its calls.
   */
  readonly sharedEvaluations?: number;
  /** Which calls may be taken, judged by the first of each tenant and bucket; for takers that differ in what they serve. */
  readonly accepts?: (first: Call) => boolean;
}

/** What runs next: the call that the policy puts first, and those of its bucket that fit beside it. */
export function take<Call extends QueuedCall>(queue: Queue<Call>, limits: TakeLimits<Call>): Taken<Call> {
  const { accepts = () => true } = limits;
  const head = firstWaiting(queue, (account) => firstAccepted(account, accepts, queue.policy));
  if (head === undefined) return { queue, calls: [], virtualStarts: [] };
  const calls = [head.call];
  const virtualStarts = [head.account.tag];
  let rest = begun(queue, head);
  const others = activeTenants(rest) - (knownAccount(rest, head.call.tenant) === undefined ? 0 : 1);
  const fits =
    others > 0 ? Math.min(limits.evaluations, limits.sharedEvaluations ?? limits.evaluations) : limits.evaluations;
  for (let room = fits - head.call.evaluations; room > 0; ) {
    const mate = firstWaiting(rest, ({ calls: of }) => firstWithin(of.get(head.call.bucket), room));
    if (mate === undefined) break;
    calls.push(mate.call);
    virtualStarts.push(mate.account.tag);
    room -= mate.call.evaluations;
    rest = served(rest, mate);
  }
  return { queue: rest, calls, virtualStarts };
}

/** Every waiting call in the order in which the policy serves them, if no other comes. */
export function* inOrder<Call extends QueuedCall>(queue: Queue<Call>): Generator<Call, void, undefined> {
  let rest = queue;
  for (;;) {
    const next = firstWaiting(rest, (account) => firstAccepted(account, () => true, queue.policy));
    if (next === undefined) return;
    yield next.call;
    rest = begun(rest, next);
  }
}

export interface Backlog {
  readonly calls: number;
  readonly evaluations: number;
}

/** What of its own tenant goes before this call, were it to come now or as it waits already. */
export function preceding<Call extends QueuedCall>(queue: Queue<Call>, call: QueuedCall): Backlog {
  const account = knownAccount(queue, call.tenant);
  const order = callOrder(queue.policy);
  let [calls, evaluations] = [0, 0];
  for (const tree of account?.calls.values() ?? []) {
    const { size, weight } = before(tree as OrderedTree<QueuedCall>, call, order);
    calls += size;
    evaluations += weight;
  }
  return { calls, evaluations };
}

/** What waits of each tenant. */
export function* waitingTenants(queue: Queue<QueuedCall>): Generator<Backlog & { tenant: string; weight: number }> {
  for (const { name, weight, size, evaluations } of itemsOf(queue.waiting)) {
    yield { tenant: name, weight, calls: size, evaluations };
  }
}

/** The queue, knowing how far the order that it shares has come elsewhere. */
export function advance<Call extends QueuedCall>(queue: Queue<Call>, virtualTime: number): Queue<Call> {
  const ahead = virtualTime > queue.virtualTime && virtualTime < Number.POSITIVE_INFINITY;
  return settled(ahead ? { ...queue, virtualTime } : queue);
}

/** Tenants that wait, or that may come back before the others have had their share. */
export function activeTenants<Call extends QueuedCall>(queue: Queue<Call>): number {
  return sizeOf(queue.waiting) + sizeOf(queue.owing);
}

interface Next<Call extends QueuedCall> {
  readonly account: TenantAccount<Call>;
  readonly call: Call;
}

function firstWaiting<Call extends QueuedCall>(
  queue: Queue<Call>,
  callOf: (account: TenantAccount<Call>) => Call | undefined,
): Next<Call> | undefined {
  for (const account of itemsOf(queue.waiting)) {
    const call = callOf(account);
    if (call !== undefined) return { account, call };
  }
  return undefined;
}

function firstAccepted<Call extends QueuedCall>(
  { calls }: TenantAccount<Call>,
  accepts: (first: Call) => boolean,
  policy: QueuePolicy,
): Call | undefined {
  const { compare } = callOrder<Call>(policy);
  let best: Call | undefined;
  for (const tree of calls.values()) {
    const first = firstOf(tree);
    if (first !== undefined && accepts(first) && (best === undefined || compare(first, best) < 0)) best = first;
  }
  return best;
}

function firstWithin<Call extends QueuedCall>(
  tree: OrderedTree<Call> | undefined,
  evaluations: number,
): Call | undefined {
  for (const call of itemsOf(tree)) if (call.evaluations <= evaluations) return call;
  return undefined;
}

/** The head of a run: the virtual time comes to it. */
function begun<Call extends QueuedCall>(queue: Queue<Call>, next: Next<Call>): Queue<Call> {
  return advance(served(queue, next), next.account.tag);
}

/** The call is gone, and its cost charged to its tenant. */
function served<Call extends QueuedCall>(queue: Queue<Call>, { account, call }: Next<Call>): Queue<Call> {
  const without = withoutCall(account, call, callOrder<Call>(queue.policy));
  if (without === undefined) throw new RangeError(`call ${call.id} does not wait`);
  const tag = Math.max(account.tag, virtualStartOf(call)) + call.evaluations / shareOf(call);
  const lastServed = queue.served + 1;
  return { ...withAccount(queue, account, { ...without, tag, lastServed }), served: lastServed };
}

function knownAccount<Call extends QueuedCall>(queue: Queue<Call>, tenant: string): TenantAccount<Call> | undefined {
  return found(queue.accounts, newAccount<Call>(tenant, 0), BY_NAME);
}

/** As it is when a call of its tenant joins: one that has none waiting comes back at the virtual time. */
function accountOf<Call extends QueuedCall>(queue: Queue<Call>, { tenant }: Call): TenantAccount<Call> {
  const known = knownAccount(queue, tenant);
  if (known === undefined) return newAccount(tenant, queue.virtualTime);
  return known.size > 0 ? known : { ...known, tag: Math.max(known.tag, queue.virtualTime) };
}

function withAccount<Call extends QueuedCall>(
  queue: Queue<Call>,
  before: TenantAccount<Call>,
  after: TenantAccount<Call>,
): Queue<Call> {
  const placed = knownAccount(queue, before.name);
  let { accounts, waiting, owing } = queue;
  if (placed !== undefined) {
    if (placed.size > 0) waiting = removed(waiting, placed, BY_TAG);
    else owing = removed(owing, placed, BY_TAG);
  }
  if (after.size > 0) waiting = inserted(waiting, after, BY_TAG);
  else owing = inserted(owing, after, BY_TAG);
  accounts = inserted(accounts, after, BY_NAME);
  return {
    ...queue,
    accounts,
    waiting,
    owing,
    size: queue.size + after.size - before.size,
    evaluations: queue.evaluations + after.evaluations - before.evaluations,
  };
}

/** Bounds what tenants are owed, and forgets those that are neither waiting nor active. */
function settled<Call extends QueuedCall>(queue: Queue<Call>): Queue<Call> {
  const oldest = queue.virtualTime - MOST_CREDIT;
  let rest = queue;
  for (let last = firstOf(rest.waiting); last !== undefined && last.tag < oldest; last = firstOf(rest.waiting)) {
    rest = withAccount(rest, last, { ...last, tag: oldest });
  }
  for (let away = firstOf(rest.owing); away !== undefined && away.tag <= oldest; away = firstOf(rest.owing)) {
    rest = { ...rest, accounts: removed(rest.accounts, away, BY_NAME), owing: removed(rest.owing, away, BY_TAG) };
  }
  return rest;
}
