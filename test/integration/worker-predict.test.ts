import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { float32FromTyped, startExecutor } from '@tessera/onnx';
import { callStream, tesseraV1 } from '@tessera/proto';
import { repoRoot } from '../support/paths.js';
import {
  nextResponse,
  openPredict,
  predictCall,
  predictionsOf,
  uploadConditioning,
  wave,
} from '../support/predict-client.js';
import { startWorker } from '../support/worker-process.js';

const worker = await startWorker('denoiser');
await worker.ready();
after(() => worker[Symbol.asyncDispose]());

const LATENT = [4, 16, 16];
const CONTEXT = [32, 384];

async function evaluationsStarted(): Promise<number> {
  for await (const beat of callStream(worker.channel.client(tesseraV1.WorkerService).watch({}))) {
    return Number(beat.evaluationsStarted);
  }
  throw new Error('no beat');
}

test('both halves of guidance in one call have the very bits of a bare session', async () => {
  const stream = openPredict(worker);
  for (const phase of [1, 2])
    await uploadConditioning(stream, `c${phase}`, { encoder_hidden_states: wave(CONTEXT, phase) });
  const before = await evaluationsStarted();
  await stream.write(predictCall(1, wave(LATENT, 0), ['c1', 'c2']));
  const response = await nextResponse(stream);
  stream.cancel();
  assert.equal(response.callId, '1');
  assert.ok(Number(response.predictions?.runUs) > 0);
  const predictions = predictionsOf(response);
  assert.equal(await evaluationsStarted(), before + 2);

  const executor = await startExecutor({ device: 'cpu', threads: 2 });
  const network = await executor.load(join(repoRoot, 'models/emoji/unet/model.onnx'));
  for (const [row, phase] of [1, 2].entries()) {
    const { outputs } = await executor.run(network, {
      sample: { dtype: 'float32', shape: [1, ...LATENT], data: wave(LATENT, 0).data },
      timestep: { dtype: 'float32', shape: [1], data: Float32Array.of(500) },
      encoder_hidden_states: { dtype: 'float32', shape: [1, ...CONTEXT], data: wave(CONTEXT, phase).data },
    });
    assert.ok(outputs.out_sample);
    assert.deepEqual(predictions[row], { shape: LATENT, data: float32FromTyped(outputs.out_sample) });
  }
  await executor.close();
});

test('a conditioning that is not there is named, and the call succeeds after it was sent', async () => {
  const stream = openPredict(worker);
  await uploadConditioning(stream, 'here', { encoder_hidden_states: wave(CONTEXT, 1) });
  await stream.write(predictCall(1, wave(LATENT, 0), ['gone', 'here']));
  const { callId, error } = await nextResponse(stream);
  assert.equal(callId, '1');
  assert.deepEqual(error?.missingConditioningIds, ['gone']);
  await uploadConditioning(stream, 'gone', { encoder_hidden_states: wave(CONTEXT, 2) });
  await stream.write(predictCall(1, wave(LATENT, 0), ['gone', 'here']));
  assert.equal(predictionsOf(await nextResponse(stream)).length, 2);
  stream.cancel();
});

test('a latent in parts is evaluated when its last part is there', async () => {
  const stream = openPredict(worker);
  await uploadConditioning(stream, 'c', { encoder_hidden_states: wave(CONTEXT, 1) });
  await stream.write(predictCall(1, wave(LATENT, 0), ['c']));
  const whole = predictionsOf(await nextResponse(stream));
  const { data } = wave(LATENT, 0);
  const part = (from: number, to: number) => ({
    dtype: 'DATA_TYPE_FLOAT32' as const,
    shape: LATENT,
    data: Buffer.from(data.buffer, 4 * from, 4 * (to - from)),
    offset: 4 * from,
  });
  await stream.write(predictCall(2, wave(LATENT, 0), ['c'], { latent: part(0, 100) }));
  await stream.write({ part: { callId: 2, tensorIndex: 0, tensor: part(100, data.length) } });
  assert.deepEqual(predictionsOf(await nextResponse(stream)), whole);
  stream.cancel();
});

test('bad calls are answered with the field, cost no evaluation, and leave the stream alone', async () => {
  const stream = openPredict(worker);
  await uploadConditioning(stream, 'c', { encoder_hidden_states: wave(CONTEXT, 1) });
  await uploadConditioning(stream, 'narrow', { encoder_hidden_states: wave([32, 383], 1) });
  await uploadConditioning(stream, 'foreign', { encoder_hidden_states: wave(CONTEXT, 1), text_embeds: wave([8], 1) });
  await uploadConditioning(stream, 'empty', { nothing: wave([1], 1) });
  const before = await evaluationsStarted();
  const good = wave(LATENT, 0);
  const cases: readonly (readonly [says: RegExp, request: ReturnType<typeof predictCall>, code?: string])[] = [
    [/no model other/, predictCall(1, good, ['c'], { model: 'other' }), 'not_found'],
    [/latent must have shape/, predictCall(1, wave([3, 16, 16], 0), ['c'])],
    [/latent must have shape/, predictCall(1, wave([4, 256], 0), ['c'])],
    [/multiples of 4/, predictCall(1, wave([4, 16, 15], 0), ['c'])],
    [/multiples of 4/, predictCall(1, wave([4, 0, 16], 0), ['c'])],
    [/at most/, predictCall(1, good, ['c'], { latent: { dtype: 'DATA_TYPE_FLOAT32', shape: [4, 4096, 4096] } })],
    [
      /float16|FLOAT16/,
      predictCall(1, good, ['c'], {
        latent: { dtype: 'DATA_TYPE_FLOAT16', shape: LATENT, data: new Uint8Array(2048) },
      }),
    ],
    [/timestep must be finite/, predictCall(1, good, ['c'], { timestep: Number.NaN })],
    [/conditioning_ids must be 1 to 2/, predictCall(1, good, [])],
    [/conditioning_ids must be 1 to 2/, predictCall(1, good, ['c', 'c', 'c'])],
    [/encoder_hidden_states must have shape/, predictCall(1, good, ['narrow'])],
    [/conditioning must be among/, predictCall(1, good, ['foreign'])],
    [/conditioning must be among/, predictCall(1, good, ['empty'])],
    [
      /inputs must be among/,
      predictCall(1, good, ['c'], {
        inputs: [{ name: 'time_ids', tensor: { dtype: 'DATA_TYPE_FLOAT32', shape: [1], data: new Uint8Array(4) } }],
      }),
    ],
  ];
  for (const [says, request, code = 'invalid_argument'] of cases) {
    await stream.write(request);
    const { callId, error } = await nextResponse(stream);
    assert.equal(callId, '1');
    assert.match(error?.message ?? 'no error', says);
    assert.equal(error?.code, code);
  }
  assert.equal(await evaluationsStarted(), before);
  await stream.write(predictCall(2, good, ['c']));
  assert.equal(predictionsOf(await nextResponse(stream)).length, 1);
  stream.cancel();
});

test('a call that is cancelled while it waits never starts, and nobody hears of it', async () => {
  const stream = openPredict(worker);
  await uploadConditioning(stream, 'c', { encoder_hidden_states: wave(CONTEXT, 1) });
  const before = await evaluationsStarted();
  // The first two, which fill the executor, are sixteen times as large: the others wait long enough.
  const large = wave([4, 64, 64], 0);
  const calls = Array.from({ length: 20 }, (_, i) => i + 1);
  for (const callId of calls) {
    await stream.write(predictCall(callId, callId <= 2 ? large : wave(LATENT, callId), ['c']));
  }
  const cancelled = calls.slice(2, -1);
  for (const callId of cancelled) await stream.write({ cancel: { callId } });
  stream.end();
  const answered: number[] = [];
  for await (const response of stream.responses) answered.push(Number(response.callId));
  const kept = calls.filter((callId) => !cancelled.includes(callId));
  assert.deepEqual(answered, kept);
  assert.equal((await evaluationsStarted()) - before, kept.length);
});

test('when the gateway leaves, what waits of its calls is withdrawn', async () => {
  const leaving = new AbortController();
  const stream = openPredict(worker, leaving.signal);
  await uploadConditioning(stream, 'c', { encoder_hidden_states: wave(CONTEXT, 1) });
  const before = await evaluationsStarted();
  for (let callId = 1; callId <= 40; callId++) await stream.write(predictCall(callId, wave(LATENT, callId), ['c']));
  await nextResponse(stream);
  leaving.abort();
  let running = 1;
  for await (const beat of callStream(worker.channel.client(tesseraV1.WorkerService).watch({}))) {
    running = (beat.load?.running ?? 0) + (beat.load?.waiting ?? 0);
    if (running === 0) break;
  }
  assert.ok((await evaluationsStarted()) - before < 40, 'all of the calls ran');
});
