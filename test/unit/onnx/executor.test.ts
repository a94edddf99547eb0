import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { after, test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { startExecutor } from '@tessera/onnx';
import { doublingGraph, oddCountFailsGraph, slowGraph, slowGraphInput } from '../../support/graphs.js';

const executor = await startExecutor({ device: 'cpu', threads: 1 });
after(() => executor.close());

const floats = (...values: number[]) =>
  ({ dtype: 'float32', shape: [values.length], data: Float32Array.from(values) }) as const;

test('a network runs and tells its inputs and outputs', async () => {
  const network = await executor.load(doublingGraph());
  assert.deepEqual(network.inputs, [{ name: 'x', type: 'float32', shape: ['count'] }]);
  const { outputs, runMs } = await executor.run(network, { x: floats(1, 2.5) });
  assert.deepEqual(outputs.y, floats(2, 5));
  assert.ok(runMs > 0);
});

test('float16 and int64 go in and come out as their own types', async () => {
  const half = await executor.load(doublingGraph('float16'));
  const one = { dtype: 'float16', shape: [1], data: Uint16Array.of(0x3c00) } as const;
  assert.deepEqual((await executor.run(half, { x: one })).outputs.y, { ...one, data: Uint16Array.of(0x4000) });
  const integer = await executor.load(doublingGraph('int64'));
  const big = { dtype: 'int64', shape: [1], data: BigInt64Array.of(2n ** 40n) } as const;
  assert.deepEqual((await executor.run(integer, { x: big })).outputs.y, { ...big, data: BigInt64Array.of(2n ** 41n) });
});

test('feeds are moved, and a view of a larger buffer leaves its neighbours alone', async () => {
  const network = await executor.load(doublingGraph());
  const whole = floats(1, 2);
  await executor.run(network, { x: whole });
  assert.equal(whole.data.buffer.byteLength, 0);
  const memory = Float32Array.of(1, 2, 3);
  await executor.run(network, { x: { dtype: 'float32', shape: [2], data: memory.subarray(1) } });
  assert.deepEqual(memory, Float32Array.of(1, 2, 3));
});

test('feeds that contradict the graph are refused by name, before any work', async () => {
  const network = await executor.load(doublingGraph());
  const refused = (feeds: Parameters<typeof executor.run>[1], field: string) =>
    assert.rejects(executor.run(network, feeds), { name: 'TesseraError', code: 'invalid_argument', field });
  await refused({}, 'x');
  await refused({ x: floats(1), z: floats(1) }, 'z');
  await refused({ x: { dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) } }, 'x');
  await refused({ x: { dtype: 'float32', shape: [], data: Float32Array.of(1) } }, 'x');
  await refused({ x: { dtype: 'float32', shape: [3], data: Float32Array.of(1) } }, 'x');
  await refused({ x: { dtype: 'float32', shape: [1], data: new Float32Array(new SharedArrayBuffer(4)) } }, 'x');
  assert.equal(executor.pendingRuns(), 0);
});

test('a model that ONNX Runtime refuses is an error of its own and not the end of the executor', async () => {
  await assert.rejects(executor.load('/nowhere/model.onnx'), { code: 'failed_precondition', message: /nowhere/ });
  await assert.rejects(executor.load(new Uint8Array(100)), { code: 'failed_precondition' });
  assert.ok(await executor.load(doublingGraph()));
});

test('a run that is dropped before its turn never starts, and a started one is not called dropped', async () => {
  const network = await executor.load(slowGraph(20));
  const before = executor.evaluationsStarted();
  const reason = new TesseraError('cancelled', 'given up');
  const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
  const run = ({ signal }: AbortController) =>
    executor.run(network, { x: slowGraphInput() }, { signal, evaluations: 1 });
  const [started, dropped, last] = [run(first), run(second), run(third)];
  second.abort(reason);
  await assert.rejects(dropped, reason);
  await started;
  third.abort(reason);
  await last.catch((thrown) => assert.equal(thrown, reason));
  // Whether the third had begun when it was aborted is a race; what is counted and what is answered must agree.
  const lastRan = await last.then(
    () => 1,
    () => 0,
  );
  assert.equal(executor.evaluationsStarted() - before, 1 + lastRan);
  assert.equal(executor.evaluationsCompleted(), executor.evaluationsStarted());
});

test('a run that was begun tells at once whether it was dropped, and only what started is counted', async () => {
  const network = await executor.load(slowGraph(20));
  const before = executor.evaluationsStarted();
  const [first, second, third] = [1, 2, 4].map((evaluations) =>
    executor.begin(network, { x: slowGraphInput() }, { evaluations }),
  );
  assert.equal(second?.drop(), true);
  assert.equal(executor.pendingRuns(), 2);
  await assert.rejects(second?.result ?? Promise.resolve(), { code: 'cancelled' });
  await first?.result;
  assert.equal(first?.drop(), false);
  await third?.result;
  assert.equal(executor.evaluationsStarted() - before, 5);
  assert.equal(executor.pendingRuns(), 0);
});

/** The nice values of this process's threads. */
function nicenessOfThreads(): readonly number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

const linuxOnly = process.platform === 'linux' ? {} : { skip: 'threads have no priority of their own here' };

test('the threads that run networks let all others go first', linuxOnly, async () => {
  const own = getPriority();
  const before = nicenessOfThreads().filter((niceness) => niceness > own).length;
  const pooled = await startExecutor({ device: 'cpu', threads: 3 });
  await pooled.load(doublingGraph());
  // Its own thread, and two more of the session's pool.
  assert.equal(nicenessOfThreads().filter((niceness) => niceness > own).length, before + 3);
  assert.equal(getPriority(), own);
  await pooled.close();
});

test('the busy share follows the runs', async () => {
  const network = await executor.load(slowGraph(20));
  const startedAt = performance.now();
  while (performance.now() - startedAt < 1000) await executor.run(network, { x: slowGraphInput() });
  assert.ok(executor.busyShare() > 0.5, `${executor.busyShare()} while always running`);
});

test('a device that was named and is missing is unavailable; auto goes on to the next', async () => {
  await assert.rejects(startExecutor({ device: 'cuda:7', threads: 1 }), { code: 'unavailable', message: /cuda:7/ });
  const found = await startExecutor({ device: 'auto', threads: 1 });
  assert.ok(found.device.length > 0);
  if (found.device === 'cpu')
    assert.deepEqual(
      found.skippedDevices.map(({ device }) => device),
      ['cuda:0', 'webgpu'],
    );
  await found.close();
});

test('a run that may fail fails alone', async () => {
  const network = await executor.load(oddCountFailsGraph());
  await assert.rejects(executor.run(network, { x: floats(1, 2, 3) }, { mayFail: true }), {
    code: 'resource_exhausted',
    message: /Reshape/,
  });
  const { outputs } = await executor.run(network, { x: floats(1, 2) });
  assert.deepEqual(outputs.y?.shape, [2, 1]);
});

test('a run that fails inside ends the executor: everything pending is rejected, later calls too', async () => {
  const broken = await startExecutor({ device: 'cpu', threads: 1 });
  const network = await broken.load(oddCountFailsGraph());
  const failing = broken.run(network, { x: floats(1, 2, 3) });
  const waiting = broken.run(network, { x: floats(1, 2) });
  await Promise.all([
    assert.rejects(failing, { code: 'internal' }),
    assert.rejects(waiting, { code: 'internal' }),
    broken.failed.then((error) => assert.match(error.message, /Reshape/)),
  ]);
  await assert.rejects(broken.run(network, { x: floats(1, 2) }), { code: 'internal' });
  await broken.close();
});
