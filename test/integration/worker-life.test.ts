import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callStream, tesseraV1, type WorkerServiceWatchResponse__Output } from '@tessera/proto';
import { healthClient } from '../support/health-client.js';
import { startWorker, type WorkerProcess } from '../support/worker-process.js';

const DENOISER = 'tessera.v1.DenoiserService';

function beatsOf(worker: WorkerProcess): AsyncGenerator<WorkerServiceWatchResponse__Output> {
  return callStream(worker.channel.client(tesseraV1.WorkerService).watch({}));
}

test('a worker listens at once, tells where, beats while it starts, and then says what it is', async () => {
  await using worker = await startWorker('denoiser', { args: ['--worker-id', 'denoiser-7'] });
  assert.deepEqual(worker.told, {
    listening: worker.address,
    id: 'denoiser-7',
    stage: 'denoiser',
    pid: worker.process.pid,
  });
  const states: string[] = [];
  const at: number[] = [];
  const health = healthClient(worker.address);
  for await (const { state, load, evaluationsStarted } of beatsOf(worker)) {
    states.push(state);
    // Alive through the load; ready only after it.
    assert.equal(await health.check(''), 'SERVING');
    if (state === 'WORKER_STATE_STARTING') assert.equal(await health.check(DENOISER), 'NOT_SERVING');
    else assert.equal(await health.check(DENOISER), 'SERVING');
    at.push(performance.now());
    assert.equal(load?.running, 0);
    assert.equal(evaluationsStarted, '0', 'the warm-up does not count');
    if (states.filter((one) => one === 'WORKER_STATE_READY').length === 3) break;
  }
  health.close();
  assert.equal(states[0], 'WORKER_STATE_STARTING');
  // Twice a second; the gateway takes a worker for lost after three missing beats.
  const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
  assert.ok(Math.max(...gaps) < 1500, `beats ${gaps} ms apart, through the load of the model`);

  const description = await worker.describe();
  assert.equal(description.workerId, 'denoiser-7');
  assert.equal(description.stage, 'STAGE_DENOISER');
  assert.equal(description.device, 'cpu');
  assert.equal(description.threads, 1);
  assert.match(description.numericClass, /^cpu-/);
  const [model] = description.models;
  assert.equal(model?.name, 'emoji');
  assert.equal(JSON.parse(model?.cardJson ?? '').sha256, model?.sha256);
  assert.equal(description.evaluationCosts[0]?.batchSize, 1);
  // How far the table goes is what the machine gains just now; what it says is in order and was measured.
  const sizes = description.evaluationCosts.map(({ batchSize }) => batchSize);
  assert.deepEqual(
    sizes,
    [...new Set(sizes)].sort((a, b) => a - b),
  );
  assert.ok(
    description.evaluationCosts.every(({ duration }) => Number(duration?.seconds) + (duration?.nanos ?? 0) > 0),
  );
  assert.equal(description.load?.busy, 0);
  assert.ok((description.load?.eventLoopLagP99Ms ?? -1) >= 0);
});

test('a worker that is told to end drains, says so, and ends with 0', async () => {
  await using worker = await startWorker('decoder');
  await worker.ready();
  const beats = beatsOf(worker);
  await beats.next();
  worker.process.kill('SIGTERM');
  const states: string[] = [];
  for await (const { state } of beats) states.push(state);
  assert.equal(states.at(-1), 'WORKER_STATE_DRAINING');
  assert.equal(await worker.ended, 0);
});

test('a supervised worker ends when its supervisor is gone', async () => {
  await using worker = await startWorker('text-encoder', { env: { TESSERA_SUPERVISED: '1' } });
  await worker.ready();
  worker.process.stdin?.end();
  assert.equal(await worker.ended, 0);
});
