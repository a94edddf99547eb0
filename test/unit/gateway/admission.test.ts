import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { Admission, type AdmissionSetup, type Candidate, type Capacity, type Work } from '@tessera/gateway';
import { eventually } from '../../support/processes.js';
import { isOn } from '../../support/protections.js';

const { signal: never } = new AbortController();

/** Evaluations take 10 ms each, four of them run at once, and decodes take nothing. */
const capacity: Capacity = {
  evaluationMs: 10,
  describedEvaluationMs: 10,
  batchEvaluations: 4,
  costOf: ({ evaluations }, remaining = 1) => evaluations * remaining,
  aloneMs: ({ evaluations }) => 10 * evaluations,
};

/** 20 evaluations, two at a time: 200 ms. */
const work: Work = { evaluations: 20, steps: 10, inFlight: 2, decodes: 0, peakMemoryBytes: 100 };

const admissionOf = (setup: Partial<AdmissionSetup> = {}) =>
  new Admission({
    maxQueuedMs: 10_000,
    maxQueued: 1_000,
    maxRunningBytes: 1_000_000,
    capacity: () => capacity,
    weightOf: () => 1,
    bounded: isOn('queue-is-bounded') && isOn('late-ones-are-not-begun'),
    boundsRunning: isOn('running-is-bounded'),
    fairOrder: isOn('tenants-share'),
    ...setup,
  });

interface Told {
  readonly position: number;
  readonly remainingMs: number;
}

const candidate = (options: Partial<Candidate> & { readonly told?: Told[] } = {}): Candidate => {
  const { told = [], ...rest } = options;
  return {
    tenant: 'default',
    priority: 5,
    work,
    remaining: 1,
    onPosition: (position, remainingMs) => told.push({ position, remainingMs }),
    ...rest,
  };
};

const refusal = (run: () => unknown): TesseraError => {
  try {
    run();
  } catch (thrown) {
    assert.ok(thrown instanceof TesseraError, String(thrown));
    assert.equal(thrown.code, 'resource_exhausted');
    return thrown;
  }
  throw new Error('it was taken');
};

/** Fills the places and puts more in the queue; returns what gives the places back. */
async function flood(admission: Admission, count: number, options: Partial<Candidate> = {}) {
  const leaving: (() => void)[] = [];
  for (let index = 0; index < count; index += 1) {
    void admission.enter(candidate(options), never).then((leave) => leaving.push(leave));
  }
  await new Promise((resolve) => setImmediate(resolve));
  return leaving;
}

test('as many run as fill two batches; the others wait, and hear of their place and of the time', async () => {
  const admission = admissionOf();
  const told: Told[] = [];
  const leaving = await flood(admission, 5);
  void admission.enter(candidate({ told }), never);
  assert.deepEqual([admission.running, admission.queued], [4, 2]);
  assert.ok(await eventually(() => told.length > 0, 2_000));
  // All four go on together, 200 ms of work each.
  assert.deepEqual(told, [{ position: 2, remainingMs: 800 }]);
  leaving[0]?.();
  leaving[1]?.();
  assert.deepEqual([admission.running, admission.queued], [4, 0]);
});

test('what the time until the start depends on is told again when it changes', async () => {
  const admission = admissionOf();
  const told: Told[] = [];
  await flood(admission, 14);
  void admission.enter(candidate({ told }), never);
  assert.ok(await eventually(() => told.length > 0, 2_000));
  const before = told.length;
  // Ten generations of another tenant: every second evaluation is theirs now.
  await flood(admission, 10, { tenant: 'other' });
  assert.ok(await eventually(() => told.length > before, 3_000));
  assert.ok((told.at(-1)?.remainingMs ?? 0) > 1.5 * (told[0]?.remainingMs ?? 0), JSON.stringify(told));
});

test('a second tenant starts at once, however many the first one has sent', async () => {
  const admission = admissionOf();
  await flood(admission, 200, { tenant: 'flood' });
  let started = false;
  void admission.enter(candidate({ tenant: 'other' }), never).then(() => {
    started = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(started);
});

test('places that become free go to tenants in turn', async () => {
  const admission = admissionOf();
  const order: string[] = [];
  const leaving: (() => void)[] = [];
  for (const tenant of [...Array(30).fill('flood'), ...Array(5).fill('other')]) {
    void admission.enter(candidate({ tenant }), never).then((leave) => {
      order.push(tenant);
      leaving.push(leave);
    });
  }
  for (let index = 0; index < 12; index += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    leaving.shift()?.();
  }
  await new Promise((resolve) => setImmediate(resolve));
  // Both have their places until the smaller one has none waiting.
  assert.ok(order.slice(0, 12).filter((tenant) => tenant === 'other').length >= 4, order.join());
});

test('work that waits is bounded in time, and a tenant leaves half of it free', async () => {
  const admission = admissionOf();
  // 4 run; of the queue of 10 s one tenant may have 5 s, 25 generations of 200 ms.
  await flood(admission, 4 + 25);
  assert.equal(admission.backlogMs, 5_000);
  const { retryAfterMs } = refusal(() => admission.reserve(candidate()));
  // 200 ms too much, and up to as much of jitter; 250 ms is the least.
  assert.ok(retryAfterMs !== undefined && retryAfterMs >= 250 && retryAfterMs <= 400, String(retryAfterMs));
  admission.reserve(candidate({ tenant: 'other' }))();
});

test('what is about to be accepted keeps its room until it has entered', () => {
  const admission = admissionOf({ maxQueued: 4 });
  // Four would run at once, and of four that may wait one tenant has two.
  const leaving = Array.from({ length: 6 }, () => admission.reserve(candidate()));
  refusal(() => admission.reserve(candidate()));
  for (const leave of leaving) leave();
  admission.reserve(candidate())();
});

test('what would end after its time limit is refused at once, by the work before it in its order', async () => {
  const admission = admissionOf();
  await flood(admission, 14, { timeLimitMs: 1_000 });
  // Four run and ten wait before it, of 200 ms each.
  const { retryAfterMs } = refusal(() => admission.reserve(candidate({ timeLimitMs: 2_000 })));
  // 3 s, and what forecasts are off by: 3.45 s are 1.45 s too much, and up to as much of jitter.
  assert.ok(retryAfterMs !== undefined && retryAfterMs >= 1_400 && retryAfterMs <= 2_901, String(retryAfterMs));
  admission.reserve(candidate({ timeLimitMs: 3_500 }))();
  // Urgent ones go before those that wait, not before those that run.
  admission.reserve(candidate({ timeLimitMs: 1_200, priority: 9 }))();
  // Another tenant has half of the denoisers meanwhile.
  refusal(() => admission.reserve(candidate({ tenant: 'other', timeLimitMs: 300 })));
  admission.reserve(candidate({ tenant: 'other', timeLimitMs: 500 }))();
});

test('what came in time and cannot end in it any more is not begun', async () => {
  const admission = admissionOf({ capacity: () => ({ ...capacity, batchEvaluations: 1 }) });
  const [leave] = await flood(admission, 1);
  // 400 ms of work for it, and 460 ms are its time.
  const late = admission.enter(candidate({ timeLimitMs: 460 }), never);
  const next = admission.enter(candidate(), never);
  // The one before took longer than was thought.
  await new Promise((resolve) => setTimeout(resolve, 300));
  leave?.();
  await assert.rejects(late, { code: 'deadline_exceeded' });
  (await next)();
  assert.deepEqual([admission.running, admission.queued], [0, 0]);
});

test('what cannot be done in its time, or in the memory there is, is refused without a time to come back', () => {
  const admission = admissionOf();
  assert.equal(refusal(() => admission.reserve(candidate({ timeLimitMs: 100 }))).retryAfterMs, undefined);
  const large = { ...work, peakMemoryBytes: 2_000_000 };
  assert.equal(refusal(() => admission.reserve(candidate({ work: large }))).retryAfterMs, undefined);
});

test('memory bounds what runs at once', async () => {
  const admission = admissionOf({ maxRunningBytes: 250 });
  const leaving = await flood(admission, 3);
  assert.deepEqual([admission.running, admission.queued], [2, 1]);
  leaving[0]?.();
  assert.deepEqual([admission.running, admission.queued], [2, 0]);
});

test('who gives up while waiting leaves the place to the next', async () => {
  const admission = admissionOf({ capacity: () => ({ ...capacity, batchEvaluations: 1 }) });
  const [leave] = await flood(admission, 1);
  const controller = new AbortController();
  const leaving = admission.enter(candidate(), controller.signal);
  const next = admission.enter(candidate(), never);
  const reason = new TesseraError('cancelled', 'cancelled on request');
  controller.abort(reason);
  await assert.rejects(leaving, reason);
  assert.equal(admission.queued, 1);
  leave?.();
  (await next)();
  assert.deepEqual([admission.running, admission.queued], [0, 0]);
});

test('more workers let more run', async () => {
  let batchEvaluations = 1;
  const admission = admissionOf({ capacity: () => ({ ...capacity, batchEvaluations }) });
  await flood(admission, 2);
  assert.equal(admission.running, 1);
  batchEvaluations = 2;
  admission.advance();
  assert.equal(admission.running, 2);
});
