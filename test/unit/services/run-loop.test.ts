import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { type DenoiserResult, PROTECTIONS, RunLoop } from '@tessera/denoiser';
import type { CallOrder__Output } from '@tessera/proto';
import { isOn } from '../../support/protections.js';
import { evaluation, FakeNetwork } from './fake-network.js';

const loopUnderTest = () =>
  new RunLoop({
    ...PROTECTIONS,
    withdrawal: isOn('withdrawn-calls-never-start'),
    fairOrder: isOn('worker-runs-in-fair-order'),
  });

interface Asked {
  readonly order?: Partial<CallOrder__Output>;
  readonly buckets?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Submits a guided call whose evaluations are called `<name>0` and `<name>1`. */
function ask(loop: RunLoop, network: FakeNetwork, name: string, { order = {}, buckets, signal }: Asked = {}) {
  const plain = {
    tenant: 'one',
    priority: 5,
    timeLeftMs: '0',
    remainingEvaluations: '20',
    virtualStart: 0,
    generationId: name,
    weight: 0,
    waitedMs: '0',
    alone: false,
    traceparent: '',
    caller: '',
  };
  const evaluations = [0, 1].map((index) => evaluation(network, `${name}${index}`, buckets?.[index]));
  const asked = { evaluations, order: { ...plain, ...order }, signal: signal ?? new AbortController().signal };
  const result = loop.submit(asked);
  result.catch(() => {});
  return result;
}

test('calls of several generations share a run, up to what gains, and each gets its own predictions', async () => {
  const network = new FakeNetwork(4);
  const loop = loopUnderTest();
  const results = ['a', 'b', 'c', 'd'].map((name) => ask(loop, network, name));
  assert.equal(loop.running, 2);
  assert.equal(loop.waiting, 6);
  assert.equal(await network.end(), 'a0 a1');
  assert.equal(await network.end(), 'b0 b1 c0 c1');
  assert.equal(await network.end(), 'd0 d1');
  assert.equal(loop.running + loop.waiting, 0);
  const sizes = (await Promise.all(results)).map(({ predictions, batchSize }) => [predictions.length, batchSize]);
  assert.deepEqual(sizes, [
    [2, 2],
    [2, 4],
    [2, 4],
    [2, 2],
  ] satisfies DenoiserResult['batchSize'][][]);
});

test('a call joins the very next run, as long as that has not begun', async () => {
  const network = new FakeNetwork(8);
  const loop = loopUnderTest();
  for (const name of ['a', 'b']) ask(loop, network, name);
  assert.deepEqual(network.atExecutor, ['a0 a1', 'b0 b1']);
  ask(loop, network, 'c');
  assert.deepEqual(network.atExecutor, ['a0 a1', 'b0 b1 c0 c1']);
  await network.end();
  ask(loop, network, 'd');
  assert.deepEqual(network.atExecutor, ['b0 b1 c0 c1', 'd0 d1']);
});

test('a better call takes the place of one that was handed over and has not begun', async () => {
  const network = new FakeNetwork(2);
  const loop = loopUnderTest();
  for (const name of ['a', 'b']) ask(loop, network, name);
  ask(loop, network, 'urgent', { order: { priority: 9 } });
  assert.deepEqual(network.atExecutor, ['a0 a1', 'urgent0 urgent1']);
  await network.end();
  assert.deepEqual(network.atExecutor, ['urgent0 urgent1', 'b0 b1']);
});

test('while the running one is far from its end nothing is handed over; near it, what then is best', async () => {
  const network = new FakeNetwork(8, [{ batchSize: 8, runMs: 400 }]);
  const loop = loopUnderTest();
  const begun = network.handedOver;
  for (const name of ['a', 'b', 'c']) ask(loop, network, name);
  await begun;
  assert.deepEqual(network.atExecutor, ['a0 a1']);
  await network.handedOver;
  assert.deepEqual(network.atExecutor, ['a0 a1', 'b0 b1 c0 c1']);
});

test('evaluations of different buckets do not share a run, even of one call', async () => {
  const network = new FakeNetwork(8);
  const loop = loopUnderTest();
  for (const name of ['a', 'b']) ask(loop, network, name, { buckets: ['short', 'long'] });
  const result = ask(loop, network, 'c', { buckets: ['long', 'long'] });
  assert.equal(await network.end(), 'a0');
  const runs = [await network.end(), await network.end()];
  assert.deepEqual(runs.sort(), ['a1 b1 c0 c1', 'b0']);
  assert.equal((await result).predictions.length, 2);
});

test('a network whose rows run alone interleaves the evaluations of all calls fairly', async () => {
  const network = new FakeNetwork(1);
  const loop = loopUnderTest();
  const result = ask(loop, network, 'a');
  for (const tenant of ['b', 'c']) ask(loop, network, tenant, { order: { tenant } });
  const runs: string[] = [];
  while (loop.running > 0) runs.push(await network.end());
  assert.deepEqual(
    runs
      .slice(0, 3)
      .map((name) => name[0])
      .sort(),
    ['a', 'b', 'c'],
  );
  assert.equal(runs.length, 6);
  assert.deepEqual(await result, { ...(await result), runMs: 10, batchSize: 1 });
});

test('a tenant with many calls does not hold up one that comes with its first, nor lengthen its run', async () => {
  const network = new FakeNetwork(8);
  const loop = loopUnderTest();
  for (let count = 0; count < 20; count += 1) ask(loop, network, `flood${count}-`, { order: { tenant: 'flood' } });
  await network.end();
  ask(loop, network, 'late', { order: { tenant: 'late' } });
  await network.end();
  assert.equal(await network.end(), 'late0 late1');
});

test('a withdrawn call never starts; the others of the run that was handed over do', async () => {
  const network = new FakeNetwork(8);
  const loop = loopUnderTest();
  const [handedOver, waiting] = [new AbortController(), new AbortController()];
  const reason = new TesseraError('cancelled', 'given up');
  ask(loop, network, 'a');
  const kept = ask(loop, network, 'b');
  const dropped = ask(loop, network, 'c', { signal: handedOver.signal });
  const other = ask(loop, network, 'd', { buckets: ['x', 'x'], signal: waiting.signal });
  assert.deepEqual(network.atExecutor, ['a0 a1', 'b0 b1 c0 c1']);
  handedOver.abort(reason);
  waiting.abort(reason);
  await Promise.all([assert.rejects(dropped, reason), assert.rejects(other, reason)]);
  assert.deepEqual(network.atExecutor, ['a0 a1', 'b0 b1']);
  assert.equal(loop.waiting, 2);
  await network.end();
  await network.end();
  assert.equal((await kept).batchSize, 2);
  assert.equal(loop.running + loop.waiting, 0);
});

test('a call that is withdrawn after its run began is told so at once, and the others of the run have their results', async () => {
  const network = new FakeNetwork(8);
  const loop = loopUnderTest();
  const leaving = new AbortController();
  ask(loop, network, 'a');
  const [kept, left] = [ask(loop, network, 'b'), ask(loop, network, 'c', { signal: leaving.signal })];
  await network.end();
  const reason = new TesseraError('cancelled', 'given up');
  leaving.abort(reason);
  await assert.rejects(left, reason);
  assert.equal(await network.end(), 'b0 b1 c0 c1');
  assert.equal((await kept).batchSize, 4);
});

test('a call beyond its time limit fails without an evaluation', async () => {
  const network = new FakeNetwork(8);
  const loop = loopUnderTest();
  ask(loop, network, 'a');
  // Ready for 50 ms, of which 1 was left.
  const late = ask(loop, network, 'late', { order: { timeLeftMs: '1' } });
  const inTime = ask(loop, network, 'b', { order: { timeLeftMs: '60000' } });
  await new Promise((resolve) => setTimeout(resolve, 5));
  ask(loop, network, 'c');
  await assert.rejects(late, { code: 'deadline_exceeded' });
  await network.end();
  assert.equal(await network.end(), 'b0 b1 c0 c1');
  await inTime;
});

test('a run that fails fails its calls and leaves the others alone', async () => {
  const network = new FakeNetwork(2);
  const loop = loopUnderTest();
  const [failing, next] = [ask(loop, network, 'a'), ask(loop, network, 'b')];
  await network.end(new Error('out of memory'));
  await assert.rejects(failing, /out of memory/);
  await network.end();
  assert.equal((await next).predictions.length, 2);
});

test('the forecast of the running one follows what such runs took', async () => {
  const network = new FakeNetwork(2, [{ batchSize: 2, runMs: 100 }]);
  const loop = loopUnderTest();
  assert.equal(loop.forecastMs, undefined);
  ask(loop, network, 'a');
  assert.equal(loop.forecastMs, 100);
  await network.end();
  ask(loop, network, 'b');
  // Runs of this network say that they took 5 ms.
  assert.equal(loop.forecastMs, 5);
});

test('what has not begun is refused when the worker goes down; what runs comes to its end', async () => {
  const network = new FakeNetwork(2);
  const loop = loopUnderTest();
  const [running, handedOver, waiting] = ['a', 'b', 'c'].map((name) => ask(loop, network, name));
  loop.refuseWaiting(new TesseraError('unavailable', 'going down'));
  for (const refused of [handedOver, waiting])
    await assert.rejects(refused ?? Promise.resolve(), { code: 'unavailable' });
  await network.end();
  assert.equal((await running)?.predictions.length, 2);
  assert.equal(loop.running + loop.waiting, 0);
});
