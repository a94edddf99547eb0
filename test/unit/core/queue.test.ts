import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEFAULT_QUEUE_POLICY,
  emptyQueue,
  enqueue,
  inOrder,
  type Queue,
  type QueuedCall,
  type QueuePolicy,
  take,
  waitingEvaluations,
  withdraw,
} from '@tessera/core';

let ids = 0;

function call(options: Partial<QueuedCall> = {}): QueuedCall {
  ids += 1;
  return {
    id: ids,
    tenant: 'a',
    bucket: 'x',
    evaluations: 1,
    priority: 5,
    arrivedAtMs: 0,
    remainingEvaluations: 20,
    ...options,
  };
}

const queueOf = (...calls: QueuedCall[]): Queue<QueuedCall> => calls.reduce(enqueue, emptyQueue<QueuedCall>());

/** Serves one call at a time from tenants that always have more waiting; returns evaluations served by tenant. */
function shares(tenants: Readonly<Record<string, Partial<QueuedCall>>>, policy: QueuePolicy, runs: number) {
  let queue = emptyQueue<QueuedCall>();
  const served = new Map<string, number>();
  const refill = (tenant: string) => {
    queue = enqueue(queue, call({ tenant, ...tenants[tenant] }));
  };
  for (const tenant of Object.keys(tenants)) for (let count = 0; count < 10; count += 1) refill(tenant);
  for (let run = 0; run < runs; run += 1) {
    const taken = take(queue, { evaluations: 1, nowMs: 0 }, policy);
    queue = taken.queue;
    for (const { tenant, evaluations } of taken.calls) {
      served.set(tenant, (served.get(tenant) ?? 0) + evaluations);
      refill(tenant);
    }
  }
  return served;
}

test('tenants share evaluations by weight, whatever one call costs', () => {
  const weights: Record<string, number> = { a: 3, b: 1 };
  const policy = { ...DEFAULT_QUEUE_POLICY, weightOf: (tenant: string) => weights[tenant] ?? 1 };
  const even = shares({ a: { evaluations: 2 }, b: { evaluations: 1 } }, DEFAULT_QUEUE_POLICY, 3000);
  const ratio = (served: ReadonlyMap<string, number>) => (served.get('a') ?? 0) / (served.get('b') ?? 1);
  assert.ok(Math.abs(ratio(even) - 1) < 0.01, `1:1 gave ${ratio(even)}`);
  const weighted = shares({ a: {}, b: {} }, policy, 3000);
  assert.ok(Math.abs(ratio(weighted) - 3) < 0.03, `3:1 gave ${ratio(weighted)}`);
});

test('a tenant that was away is served next, and gets no credit for having been away', () => {
  let queue = queueOf(...Array.from({ length: 100 }, () => call({ tenant: 'flood' })));
  for (let run = 0; run < 50; run += 1) queue = take(queue, { evaluations: 1, nowMs: 0 }, DEFAULT_QUEUE_POLICY).queue;
  for (let count = 0; count < 10; count += 1) queue = enqueue(queue, call({ tenant: 'late', arrivedAtMs: 1 }));
  const tenants = inOrder(queue, 1, DEFAULT_QUEUE_POLICY).map(({ tenant }) => tenant);
  assert.ok(tenants.slice(0, 2).includes('late'));
  const early = tenants.slice(0, 20).filter((tenant) => tenant === 'late').length;
  assert.ok(early >= 9 && early <= 10, `late had ${early} of the first 20`);
});

test('within a tenant: class, then deadline, then shortest remaining work, then arrival', () => {
  const background = call({ priority: 0 });
  const urgent = call({ priority: 9, remainingEvaluations: 100 });
  const deadline = call({ deadlineMs: 500 });
  const laterDeadline = call({ deadlineMs: 900, remainingEvaluations: 1 });
  const short = call({ remainingEvaluations: 2 });
  const first = call({ arrivedAtMs: 1 });
  const second = call({ arrivedAtMs: 2 });
  const queue = queueOf(second, background, first, short, laterDeadline, deadline, urgent);
  const order = inOrder(queue, 2, DEFAULT_QUEUE_POLICY);
  assert.deepEqual(order, [urgent, deadline, laterDeadline, short, first, second, background]);
});

test('claiming urgency gains nothing against another tenant', () => {
  const served = shares({ meek: { priority: 0 }, loud: { priority: 9 } }, DEFAULT_QUEUE_POLICY, 1000);
  assert.equal(served.get('meek'), served.get('loud'));
});

test('no call starves behind better ones of its tenant', () => {
  let queue = queueOf(call({ priority: 0, remainingEvaluations: 1e6 }));
  const [starving] = inOrder(queue, 0, DEFAULT_QUEUE_POLICY);
  let servedAtMs = -1;
  for (let nowMs = 0; nowMs < 200_000 && servedAtMs < 0; nowMs += 100) {
    queue = enqueue(queue, call({ priority: 9, arrivedAtMs: nowMs, remainingEvaluations: 1 }));
    const taken = take(queue, { evaluations: 1, nowMs }, DEFAULT_QUEUE_POLICY);
    queue = taken.queue;
    if (taken.calls[0] === starving) servedAtMs = nowMs;
  }
  assert.ok(servedAtMs > 0 && servedAtMs <= 10 * DEFAULT_QUEUE_POLICY.patienceMs, `served at ${servedAtMs} ms`);
});

test('a batch holds one bucket and what fits, from several tenants', () => {
  const a = call({ bucket: 'x', evaluations: 2 });
  const b = call({ tenant: 'b', bucket: 'y', evaluations: 2 });
  const c = call({ tenant: 'c', bucket: 'x', evaluations: 2 });
  const tooLarge = call({ tenant: 'd', bucket: 'x', evaluations: 8 });
  const taken = take(queueOf(a, b, c, tooLarge), { evaluations: 8, nowMs: 0 }, DEFAULT_QUEUE_POLICY);
  assert.deepEqual(taken.calls, [a, c]);
  assert.equal(waitingEvaluations(taken.queue), 10);
  const alone = take(queueOf(tooLarge), { evaluations: 4, nowMs: 0 }, DEFAULT_QUEUE_POLICY);
  assert.deepEqual(alone.calls, [tooLarge]);
});

test('a withdrawn call is gone, and values given out before do not change', () => {
  const kept = call();
  const gone = call();
  const before = queueOf(kept, gone);
  const after = withdraw(before, gone);
  assert.equal(waitingEvaluations(before), 2);
  assert.deepEqual(inOrder(after, 0, DEFAULT_QUEUE_POLICY), [kept]);
  assert.equal(withdraw(after, gone), after);
});
