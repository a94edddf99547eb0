import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Evaluation, type PendingNetworkRun, RunLoop } from '@tessera/denoiser';
import { type Deferred, deferred } from '../../support/deferred.js';
import { evaluation, FakeNetwork } from './fake-network.js';

/** A network in parts: says when its first part is free. */
class FakePipeline extends FakeNetwork {
  readonly runsAtOnce: number;
  readonly asked: (() => boolean)[] = [];
  readonly #freed: Deferred<void>[] = [];

  constructor(runsAtOnce: number, rowLimit: number) {
    super(rowLimit);
    this.runsAtOnce = runsAtOnce;
  }

  override begin(evaluations: readonly Evaluation[], wanted: () => boolean = () => true): PendingNetworkRun {
    const freed = deferred();
    this.#freed.push(freed);
    this.asked.push(wanted);
    return { ...super.begin(evaluations), freed: freed.promise };
  }

  /** Lets the next run begin after the oldest that has not let it yet. */
  async free(): Promise<void> {
    this.#freed.shift()?.resolve();
    await new Promise(setImmediate);
  }
}

function ask(loop: RunLoop, network: FakePipeline, name: string, signal = new AbortController().signal) {
  const evaluations = [0, 1].map((index) => evaluation(network, `${name}${index}`));
  const result = loop.submit({ evaluations, order: null, signal });
  result.catch(() => {});
  return result;
}

test('the next run begins when the first part is free, though the one before has not ended', async () => {
  const network = new FakePipeline(2, 8);
  const loop = new RunLoop();
  const results = ['a', 'b'].map((name) => ask(loop, network, name));
  assert.deepEqual(network.atExecutor, ['a0 a1']);
  await network.free();
  assert.deepEqual(network.atExecutor, ['a0 a1', 'b0 b1']);
  assert.deepEqual([loop.running, loop.waiting], [4, 0]);
  await network.free();
  assert.equal(await network.end(), 'a0 a1');
  assert.equal(loop.running, 2);
  assert.equal(await network.end(), 'b0 b1');
  await Promise.all(results);
  assert.equal(loop.running, 0);
  ask(loop, network, 'c');
  assert.deepEqual(network.atExecutor, ['c0 c1']);
});

test('calls are spread over the runs that may be under way before they share one', async () => {
  const network = new FakePipeline(3, 8);
  const loop = new RunLoop();
  for (const name of ['a', 'b', 'c']) ask(loop, network, name);
  await network.free();
  await network.free();
  assert.deepEqual(network.atExecutor, ['a0 a1', 'b0 b1', 'c0 c1']);
  for (const name of ['d', 'e']) ask(loop, network, name);
  await network.free();
  assert.deepEqual(network.atExecutor.at(-1), 'd0 d1 e0 e1');
});

test('a run is wanted as long as any of its calls is', async () => {
  const network = new FakePipeline(1, 4);
  const loop = new RunLoop();
  const [left, stays] = [new AbortController(), new AbortController()];
  ask(loop, network, 'first');
  ask(loop, network, 'a', left.signal);
  ask(loop, network, 'b', stays.signal);
  await network.end();
  await network.free();
  assert.deepEqual(network.atExecutor, ['a0 a1 b0 b1']);
  left.abort();
  assert.equal(network.asked[1]?.(), true);
  stays.abort();
  assert.equal(network.asked[1]?.(), false);
});
