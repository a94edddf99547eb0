import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GenerationEvent, type Image, type Plan, type Tensor, TesseraError } from '@tessera/core';
import { EventOutbox, Ledger, PreviewLane, type PreviewLaneSetup, StepFilter, StopSignal } from '@tessera/gateway';
import { deferred } from '../../support/deferred.js';
import { isOn } from '../../support/protections.js';

const image: Image = { imageId: '', format: 'jpeg', sizeBytes: 1, fileSha256: '', width: 1, height: 1 };
const estimate = (value: number): Tensor => ({ shape: [1], data: new Float32Array([value]) });
const steps = 10;
const plan = { timesteps: Array(steps), previewSteps: Array.from({ length: steps }, (_, i) => i) } as unknown as Plan;
const preview = (stepIndex: number, imageIndex = 0): GenerationEvent => {
  return {
    generationId: 'g',
    sequence: 2,
    type: 'preview',
    imageIndex,
    stepIndex,
    image,
    width: 8,
    height: 8,
    superseded: 0,
  };
};
const unstopped: Pick<PreviewLaneSetup, 'failed' | 'ledger' | 'signal'> = {
  failed: (thrown) => assert.fail(String(thrown)),
  ledger: new Ledger(),
  signal: new AbortController().signal,
};
const everyStep = { plan, afterStep: undefined, previewEverySteps: undefined, fromStart: true };

test('while one preview is made the newest estimate takes the only waiting place', async () => {
  const gate = deferred();
  const rendered: number[] = [];
  const published: number[] = [];
  const render = async ({ data }: Tensor) => {
    rendered.push(data[0] ?? -1);
    if (rendered.length === 1) await gate.promise;
    return image;
  };
  const lane = new PreviewLane({ ...unstopped, render, publish: (stepIndex) => published.push(stepIndex) });
  lane.offer(0, estimate(0));
  while (rendered.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let step = 1; step < steps; step += 1) lane.offer(step, estimate(step));
  gate.resolve();
  await lane.settled();
  assert.deepEqual(rendered, [0, 9]);
  assert.deepEqual(published, [0, 9]);
});

test('no preview is made or published once the generation was stopped', async () => {
  const stop = new StopSignal();
  const ledger = new Ledger();
  const gate = deferred();
  const rendered: number[] = [];
  const published: number[] = [];
  const lane = new PreviewLane({
    ...unstopped,
    ledger,
    signal: stop.heardIf(isOn('cancel-stops-previews')),
    render: async ({ data }) => {
      rendered.push(data[0] ?? -1);
      await gate.promise;
      return image;
    },
    publish: (stepIndex) => published.push(stepIndex),
  });
  lane.offer(0, estimate(0));
  while (rendered.length === 0) await new Promise((resolve) => setImmediate(resolve));
  lane.offer(1, estimate(1));
  stop.stop(new TesseraError('cancelled', 'stopped by the test'));
  lane.offer(2, estimate(2));
  gate.resolve();
  await lane.settled();
  assert.deepEqual([rendered, published], [[0], []]);
  const slots = ledger.counts().find(({ kind }) => kind === 'preview_slots');
  assert.deepEqual([slots?.taken, slots?.released], [2, 2]);
});

test('a preview that cannot be made holds nothing up', async () => {
  const failures: unknown[] = [];
  const published: number[] = [];
  const render = async ({ data }: Tensor) => {
    if (data[0] === 0) throw new Error('no decoder');
    return image;
  };
  const lane = new PreviewLane({
    ...unstopped,
    render,
    publish: (stepIndex) => published.push(stepIndex),
    failed: (thrown) => failures.push(thrown),
  });
  lane.offer(0, estimate(0));
  await lane.settled();
  lane.offer(1, estimate(1));
  await lane.settled();
  assert.equal(failures.length, 1);
  assert.deepEqual(published, [1]);
});

test('a slow stream gets the newest preview of each image, and is told how many it did not get', () => {
  const outbox = new EventOutbox(2, { newestWins: isOn('newest-preview-wins') });
  const filter = new StepFilter(everyStep);
  const received: GenerationEvent[] = [];
  const read = () => {
    for (let event = outbox.take(); event !== undefined; event = outbox.take()) {
      const passed = filter.pass(event);
      if (passed !== undefined) received.push(passed);
    }
  };
  outbox.put(preview(0));
  read();
  for (const step of [1, 2, 3]) outbox.put(preview(step));
  outbox.put(preview(1, 1));
  read();
  for (const step of [5, 9]) outbox.put(preview(step));
  read();
  const told = received.map(
    (event) => event.type === 'preview' && [event.imageIndex, event.stepIndex, event.superseded],
  );
  assert.deepEqual(told, [
    [0, 0, 0],
    [0, 3, 2],
    [1, 1, 1],
    [0, 9, 7],
  ]);
  const ofFirst = received.filter((event) => event.type === 'preview' && event.imageIndex === 0);
  assert.equal(ofFirst.length + 7, steps);
});

test('a stream never goes back, unless a restart came before', () => {
  const filter = new StepFilter(everyStep);
  const steps = (event: GenerationEvent) => filter.pass(event) !== undefined;
  assert.deepEqual([preview(4), preview(4), preview(3), preview(5)].map(steps), [true, false, false, true]);
  filter.pass({ generationId: 'g', sequence: 3, type: 'restarted', imageIndex: 0, stepIndex: 2, reason: 'moved' });
  assert.deepEqual([preview(1), preview(2), preview(3)].map(steps), [false, true, true]);
});

test('a watcher chooses every n-th preview, and the last; 0 is none', () => {
  const passing = (every: number) => {
    const filter = new StepFilter({ ...everyStep, previewEverySteps: every });
    return plan.previewSteps.filter((step) => filter.pass(preview(step)) !== undefined);
  };
  assert.deepEqual(passing(4), [3, 7, 9]);
  assert.deepEqual(passing(0), []);
});

test('what was published before a durable event goes before it, and nothing after the ending', () => {
  const outbox = new EventOutbox(0);
  const durable = (sequence: number, body: object) => ({ generationId: 'g', sequence, ...body }) as GenerationEvent;
  outbox.put(durable(1, { type: 'accepted' }));
  outbox.put(durable(2, { type: 'started' }));
  outbox.put(preview(4));
  outbox.put(durable(3, { type: 'cancelled', stepIndex: 5 }));
  outbox.put({ ...preview(5, 1), sequence: 3 });
  const order: string[] = [];
  for (let event = outbox.take(); event !== undefined; event = outbox.take()) order.push(event.type);
  assert.deepEqual(order, ['accepted', 'started', 'preview', 'cancelled']);
});
