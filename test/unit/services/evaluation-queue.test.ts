import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DenoiserNetwork, type Evaluation, EvaluationQueue } from '@tessera/denoiser';

/** Only what the queue asks of a network. */
function limitedNetwork(batchLimit: number): DenoiserNetwork {
  return { batchLimit } as DenoiserNetwork;
}

function call(network: DenoiserNetwork, ...buckets: string[]) {
  const evaluations = buckets.map(
    (bucket): Evaluation => ({
      network,
      latent: { shape: [], data: Float32Array.of(0) },
      timestep: 0,
      inputs: {},
      bucket,
    }),
  );
  return { evaluations };
}

type Call = ReturnType<typeof call>;

function runsOf(queue: EvaluationQueue<Call>, calls: readonly Call[]): string[] {
  const runs: string[] = [];
  for (let run = queue.takeRun(); run.length > 0; run = queue.takeRun()) {
    runs.push(run.map((waiting) => `${calls.indexOf(waiting.call)}.${waiting.index}`).join(' '));
  }
  return runs;
}

test('calls run in the order in which they came, the evaluations of one together as far as that gains', () => {
  for (const [limit, expected] of [
    [1, ['0.0', '0.1', '1.0', '2.0', '2.1']],
    [2, ['0.0 0.1', '1.0', '2.0 2.1']],
    [8, ['0.0 0.1', '1.0', '2.0 2.1']],
  ] as const) {
    const network = limitedNetwork(limit);
    const calls = [call(network, 'a', 'a'), call(network, 'a'), call(network, 'b', 'b')];
    const queue = new EvaluationQueue<Call>();
    for (const one of calls) queue.add(one);
    assert.equal(queue.waitingEvaluations, 5);
    assert.deepEqual(runsOf(queue, calls), expected);
    assert.equal(queue.waitingEvaluations, 0);
  }
});

test('evaluations of different shapes do not share a run', () => {
  const calls = [call(limitedNetwork(2), 'short', 'long')];
  const queue = new EvaluationQueue<Call>();
  for (const one of calls) queue.add(one);
  assert.deepEqual(runsOf(queue, calls), ['0.0', '0.1']);
});

test('a withdrawn call is not run, and the others keep their order', () => {
  const network = limitedNetwork(2);
  const calls = [call(network, 'a'), call(network, 'a', 'a'), call(network, 'a')] as const;
  const queue = new EvaluationQueue<Call>();
  for (const one of calls) queue.add(one);
  queue.withdraw(calls[1]);
  assert.deepEqual(runsOf(queue, calls), ['0.0', '2.0']);
});
