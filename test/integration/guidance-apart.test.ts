import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from '../support/gateway-process.js';
import { startWorker, type WorkerProcess } from '../support/worker-process.js';
import { all, asked, generated, receiptsOf } from '../unit/gateway/test-gateway.js';

let encoder: WorkerProcess;
let decoder: WorkerProcess;
before(async () => {
  [encoder, decoder] = await Promise.all([startWorker('text-encoder'), startWorker('decoder')]);
});
after(async () => {
  await encoder[Symbol.asyncDispose]();
  await decoder[Symbol.asyncDispose]();
});

const request = { prompt: 'a red apple', seed: 7, steps: 40, guidanceScale: 4 };

async function receiptFrom(denoisers: readonly WorkerProcess[]) {
  await using gateway = await startGateway({
    textEncoders: [encoder.address],
    denoisers: denoisers.map(({ address }) => address),
    decoders: [decoder.address],
  });
  await gateway.ready;
  for (;;) {
    const { workers } = await asked(gateway.client, 'getClusterStatus', {});
    if (workers.every(({ state }) => state === 'WORKER_STATE_READY')) break;
  }
  const [receipt] = receiptsOf(await all(generated(gateway.client, request)));
  return receipt;
}

async function evaluationsOf(denoiser: WorkerProcess): Promise<number> {
  await using gateway = await startGateway({ textEncoders: [], denoisers: [denoiser.address], decoders: [] });
  for (;;) {
    const { workers } = await asked(gateway.client, 'getClusterStatus', {});
    const [worker] = workers;
    if (worker?.state === 'WORKER_STATE_READY') return Number(worker.evaluationsStarted);
  }
}

test('the halves of guidance on two denoisers give the very latent of one', async () => {
  const args = ['--threads', '1'];
  await using one = await startWorker('denoiser', { args: [...args, '--worker-id', 'one'] });
  await using two = await startWorker('denoiser', { args: [...args, '--worker-id', 'two'] });
  await Promise.all([one.ready(), two.ready()]);
  const together = await receiptFrom([one]);
  const before = await evaluationsOf(one);
  const apart = await receiptFrom([one, two]);
  assert.equal(apart?.latentSha256, together?.latentSha256);
  assert.equal(apart?.imageSha256, together?.imageSha256);
  const [ofOne, ofTwo] = [(await evaluationsOf(one)) - before, await evaluationsOf(two)];
  assert.equal(ofOne + ofTwo, 2 * request.steps);
  // However fast they seem, it is tried now and then.
  assert.ok(ofOne > 0 && ofTwo > 0, `${ofOne} and ${ofTwo}`);
});
