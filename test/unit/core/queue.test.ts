import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  advance,
  DEFAULT_QUEUE_POLICY,
  emptyQueue,
  enqueue,
  inOrder,
  preceding,
  type Queue,
  type QueuedCall,
  type TakeLimits,
  take,
  waitingTenants,
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
const order = (queue: Queue<QueuedCall>) => [...inOrder(queue)];

const waitingOf = (queue: Queue<QueuedCall>, tenant: string) =>
  [...waitingTenants(queue)].find((waiting) => waiting.tenant === tenant)?.calls ?? 0;

type Tenants = Readonly<Record<string, Partial<QueuedCall>>>;

/** Serves runs to tenants that always have more waiting; returns evaluations served by tenant. */
function shares(tenants: Tenants, runs: number, limits: TakeLimits = { evaluations: 1 }) {
  let queue = emptyQueue<QueuedCall>();
  const served = new Map<string, number>();
  const refill = (tenant: string) => {
    queue = enqueue(queue, call({ tenant, ...tenants[tenant] }));
  };
  for (const tenant of Object.keys(tenants)) for (let count = 0; count < 20; count += 1) refill(tenant);
  for (let run = 0; run < runs; run += 1) {
    const taken = take(queue, limits);
    queue = taken.queue;
    for (const { tenant, evaluations } of taken.calls) {
      served.set(tenant, (served.get(tenant) ?? 0) + evaluations);
      refill(tenant);
    }
  }
  return served;
}

const ratio = (served: ReadonlyMap<string, number>) => (served.get('a') ?? 0) / (served.get('b') ?? 1);

test('tenants share evaluations by weight, whatever one call costs', () => {
  const even = ratio(shares({ a: { evaluations: 2 }, b: { evaluations: 1 } }, 3000));
  assert.ok(Math.abs(even - 1) < 0.01, `1:1 gave ${even}`);
  const weighted = ratio(shares({ a: { weight: 3 }, b: {} }, 3000));
  assert.ok(Math.abs(weighted - 3) < 0.03, `3:1 gave ${weighted}`);
});

test('batches of one bucket, which pass others over, leave the shares alone', () => {
  const weighted = ratio(shares({ a: { weight: 3, bucket: 'x' }, b: { bucket: 'y' } }, 3000, { evaluations: 8 }));
  assert.ok(Math.abs(weighted - 3) < 0.03, `3:1 gave ${weighted}`);
});

test('a tenant that was away is served next, and gets no credit for having been away', () => {
  let queue = queueOf(...Array.from({ length: 100 }, () => call({ tenant: 'flood' })));
  for (let run = 0; run < 50; run += 1) queue = take(queue, { evaluations: 1 }).queue;
  for (let count = 0; count < 10; count += 1) queue = enqueue(queue, call({ tenant: 'late', arrivedAtMs: 1 }));
  const tenants = order(queue).map(({ tenant }) => tenant);
  assert.ok(tenants.slice(0, 2).includes('late'));
  const early = tenants.slice(0, 20).filter((tenant) => tenant === 'late').length;
  assert.ok(early >= 9 && early <= 10, `late had ${early} of the first 20`);
});

test('a tenant that comes back in time goes before one that was served meanwhile', () => {
  let queue = queueOf(call({ tenant: 'b' }), ...Array.from({ length: 20 }, () => call({ tenant: 'flood' })));
  const tenants: string[] = [];
  for (let run = 0; run < 8; run += 1) {
    const taken = take(queue, { evaluations: 1 });
    queue = taken.queue;
    const tenant = taken.calls[0]?.tenant ?? '';
    tenants.push(tenant);
    // Its next call comes while the flood's is served.
    if (tenant === 'flood') queue = enqueue(queue, call({ tenant: 'b' }));
  }
  assert.deepEqual(tenants.slice(0, 8), ['b', 'flood', 'b', 'flood', 'b', 'flood', 'b', 'flood']);
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
  assert.deepEqual(order(queue), [urgent, deadline, laterDeadline, short, first, second, background]);
});

test('claiming urgency gains nothing against another tenant', () => {
  const served = shares({ meek: { priority: 0 }, loud: { priority: 9 } }, 1000);
  assert.equal(served.get('meek'), served.get('loud'));
});

test('no call starves behind better ones of its tenant', () => {
  let queue = queueOf(call({ priority: 0, remainingEvaluations: 1e6 }));
  const [starving] = order(queue);
  let servedAtMs = -1;
  for (let nowMs = 0; nowMs < 200_000 && servedAtMs < 0; nowMs += 100) {
    queue = enqueue(queue, call({ priority: 9, arrivedAtMs: nowMs, remainingEvaluations: 1 }));
    const taken = take(queue, { evaluations: 1 });
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
  const taken = take(queueOf(a, b, c, tooLarge), { evaluations: 8 });
  assert.deepEqual(taken.calls, [a, c]);
  assert.equal(taken.queue.evaluations, 10);
  const alone = take(queueOf(tooLarge), { evaluations: 4 });
  assert.deepEqual(alone.calls, [tooLarge]);
});

test('while tenants share, a run is as short as the taker says; a tenant alone has the whole of it', () => {
  const limits = { evaluations: 8, sharedEvaluations: 2 };
  const flood = Array.from({ length: 60 }, () => call({ tenant: 'flood' }));
  const alone = take(queueOf(...flood), limits);
  assert.equal(alone.calls.length, 8);
  const beside = take(enqueue(alone.queue, call({ tenant: 'b', bucket: 'y' })), limits);
  assert.deepEqual(
    beside.calls.map(({ tenant }) => tenant),
    ['b'],
  );
  // Between two of its calls the other still counts, and no longer when it stays away.
  const sizes: number[] = [];
  let { queue } = beside;
  for (let run = 0; run < 5; run += 1) {
    const taken = take(queue, limits);
    queue = taken.queue;
    sizes.push(taken.calls.length);
  }
  assert.equal(sizes[0], 2);
  assert.equal(sizes.at(-1), 8);
});

test('takers that serve different things take what they can, and who was passed over is owed a bounded share', () => {
  let queue = queueOf(
    ...Array.from({ length: 300 }, () => call({ tenant: 'fast', bucket: 'x' })),
    ...Array.from({ length: 300 }, () => call({ tenant: 'slow', bucket: 'y' })),
  );
  const serve = (bucket: string) => {
    const taken = take(queue, { evaluations: 1, accepts: (first) => first.bucket === bucket });
    queue = taken.queue;
    return taken.calls[0]?.tenant;
  };
  for (let run = 0; run < 200; run += 1) assert.equal(serve('x'), 'fast');
  for (let count = 0; count < 50; count += 1) queue = enqueue(queue, call({ tenant: 'new', bucket: 'y' }));
  const served = Array.from({ length: 60 }, () => serve('y'));
  const ahead = served.indexOf('new');
  assert.ok(ahead >= 0 && ahead <= 9, `a new tenant waited for ${ahead} calls of the one that was passed over`);
  const later = served.slice(ahead).filter((tenant) => tenant === 'new').length;
  assert.ok(Math.abs(later - (60 - ahead) / 2) <= 1, `the new tenant had ${later} of ${60 - ahead}`);
});

test('two queues that hand on to others share one order: a tenant of both gets one share', () => {
  // Two gateways before one worker. `a` comes through both, `b` and `c` through one each.
  const gateways = [emptyQueue<QueuedCall>(), emptyQueue<QueuedCall>()];
  const through = [
    ['a', 'b'],
    ['a', 'c'],
  ];
  let worker = emptyQueue<QueuedCall>();
  const inFlight: QueuedCall[][] = [[], []];
  const served = new Map<string, number>();
  for (let run = 0; run < 3_000; run += 1) {
    for (const [index, tenants] of through.entries()) {
      let gateway = gateways[index] ?? emptyQueue<QueuedCall>();
      for (const tenant of tenants) {
        while (waitingOf(gateway, tenant) < 9) gateway = enqueue(gateway, call({ tenant }));
      }
      const handed = inFlight[index] ?? [];
      const inFlightOf = ({ tenant }: QueuedCall) => handed.filter((sent) => sent.tenant === tenant).length;
      for (;;) {
        // Each active tenant has its part of the room of 8.
        const accepts = (first: QueuedCall) => inFlightOf(first) < 8 / tenants.length;
        const { queue, calls, virtualStarts } = take(gateway, { evaluations: 1, accepts });
        gateway = queue;
        if (calls.length === 0) break;
        handed.push(...calls);
        for (const next of calls) worker = enqueue(worker, { ...next, virtualStart: virtualStarts[0] ?? 0 });
      }
      gateways[index] = gateway;
    }
    const taken = take(worker, { evaluations: 1 });
    worker = taken.queue;
    for (const { id, tenant } of taken.calls) {
      const index = inFlight.findIndex((handed) => handed.some((sent) => sent.id === id));
      inFlight[index] = (inFlight[index] ?? []).filter((sent) => sent.id !== id);
      gateways[index] = advance(gateways[index] ?? emptyQueue(), worker.virtualTime);
      served.set(tenant, (served.get(tenant) ?? 0) + 1);
    }
  }
  for (const tenant of ['a', 'b', 'c']) {
    const share = (served.get(tenant) ?? 0) / 3_000;
    assert.ok(Math.abs(share - 1 / 3) < 0.05, `${tenant} had ${share}`);
  }
});

test('a queue that starts anew goes on where the others are', () => {
  const worker = take(queueOf(call({ virtualStart: 5_000 })), { evaluations: 1 }).queue;
  assert.equal(worker.virtualTime, 5_000);
  // A gateway that was just started says 0; its tenants neither overtake for ever nor wait for ever.
  let queue = worker;
  for (let count = 0; count < 20; count += 1) {
    queue = enqueue(queue, call({ tenant: 'old', virtualStart: 5_000 + count }));
    queue = enqueue(queue, call({ tenant: 'new', virtualStart: count }));
  }
  const first = order(queue)
    .slice(0, 20)
    .filter(({ tenant }) => tenant === 'new').length;
  assert.ok(first >= 9 && first <= 11, `the new gateway's tenant had ${first} of 20`);
  assert.equal(advance(queue, Number.NaN).virtualTime, queue.virtualTime);
  assert.equal(take(queueOf(call({ virtualStart: Number.NaN })), { evaluations: 1 }).virtualStarts[0], 0);
});

test('what precedes a call is what is served of its tenant before it', () => {
  const calls = Array.from({ length: 200 }, (_, index) =>
    call({
      tenant: `t${index % 3}`,
      weight: 1 + (index % 3),
      bucket: `b${index % 2}`,
      evaluations: 1 + (index % 2),
      priority: index % 5,
      remainingEvaluations: (index * 37) % 101,
    }),
  );
  const queue = queueOf(...calls);
  const before = new Map<string, { calls: number; evaluations: number }>();
  for (const waiting of inOrder(queue)) {
    const served = before.get(waiting.tenant) ?? { calls: 0, evaluations: 0 };
    assert.deepEqual(preceding(queue, waiting), served);
    before.set(waiting.tenant, {
      calls: served.calls + 1,
      evaluations: served.evaluations + waiting.evaluations,
    });
  }
  for (const { tenant, ...all } of waitingTenants(queue))
    assert.deepEqual(before.get(tenant), { calls: all.calls, evaluations: all.evaluations });
  assert.deepEqual(preceding(queue, call({ tenant: 'nobody' })), { calls: 0, evaluations: 0 });
});

test('a withdrawn call is gone, and values given out before do not change', () => {
  const kept = call();
  const gone = call();
  const before = queueOf(kept, gone);
  const after = withdraw(before, gone);
  assert.deepEqual([before.evaluations, before.size], [2, 2]);
  assert.deepEqual([after.evaluations, after.size], [1, 1]);
  assert.deepEqual(order(after), [kept]);
  assert.deepEqual(order(before), [kept, gone]);
  assert.equal(withdraw(after, gone), after);
});

test('whatever comes and goes, every call is served once or withdrawn', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  let queue = emptyQueue<QueuedCall>();
  const open = new Map<number, QueuedCall>();
  for (let round = 0; round < 5_000; round += 1) {
    if (random(3) > 0) {
      const added = call({
        tenant: `t${random(20)}`,
        weight: 1 + random(3),
        bucket: `b${random(3)}`,
        evaluations: 1 + random(4),
        priority: random(10),
        arrivedAtMs: round * 10,
        virtualStart: random(50),
        ...(random(2) === 0 && { deadlineMs: random(1_000) }),
      });
      open.set(added.id, added);
      queue = enqueue(queue, added);
    } else if (random(4) === 0 && open.size > 0) {
      const [gone] = [...open.values()].slice(random(open.size));
      if (gone === undefined) continue;
      open.delete(gone.id);
      queue = withdraw(queue, gone);
    } else {
      const taken = take(queue, { evaluations: 4, sharedEvaluations: 2 });
      queue = taken.queue;
      for (const { id } of taken.calls) assert.ok(open.delete(id), `call ${id} was served twice`);
      assert.equal(taken.calls.length, taken.virtualStarts.length);
    }
    assert.equal(queue.size, open.size);
  }
  const left = order(queue);
  assert.deepEqual(left.map(({ id }) => id).sort(), [...open.keys()].sort());
  assert.equal(
    queue.evaluations,
    left.reduce((sum, { evaluations }) => sum + evaluations, 0),
  );
});
