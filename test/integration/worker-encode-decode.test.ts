import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { elementCount, type Tensor } from '@tessera/core';
import { callStream, errorFromStatus, float32Parts, TensorAssembly, tesseraV1 } from '@tessera/proto';
import sharp from 'sharp';
import { goldensFolder } from '../support/goldens.js';
import { startWorker } from '../support/worker-process.js';

const [textEncoder, decoder] = await Promise.all([startWorker('text-encoder'), startWorker('decoder')]);
await Promise.all([textEncoder.ready(), decoder.ready()]);
after(() => Promise.all([textEncoder[Symbol.asyncDispose](), decoder[Symbol.asyncDispose]()]));

async function encode(prompts: readonly string[], model = 'emoji') {
  const client = textEncoder.channel.client(tesseraV1.TextEncoderService);
  const answers = [];
  for await (const { tensor, ...answer } of callStream(client.encode({ model, prompts: [...prompts] }))) {
    assert.ok(tensor?.tensor);
    answers.push({ ...answer, name: tensor.name, tensor: new TensorAssembly(tensor.tensor, 1e6).float32() });
  }
  return answers;
}

async function decode(latent: Tensor, model = 'emoji') {
  const call = decoder.channel.client(tesseraV1.DecoderService).decode();
  for (const part of float32Parts(latent)) call.write({ model, latent: part });
  call.end();
  let pixels: TensorAssembly | undefined;
  for await (const response of callStream(call)) {
    assert.ok(response.pixels);
    assert.ok(response.pixels.data.length <= 960 * 1024);
    if (pixels === undefined) pixels = new TensorAssembly(response.pixels, 1e8);
    else pixels.add(response.pixels);
  }
  assert.ok(pixels?.complete);
  return pixels;
}

test('each prompt becomes its conditioning, in order, under the hash of what it is', async () => {
  const [cat, empty, again] = await encode(['a red cat', '', 'a  red CAT']);
  assert.deepEqual([cat?.promptIndex, empty?.promptIndex, again?.promptIndex], [0, 1, 2]);
  assert.equal(cat?.name, 'encoder_hidden_states');
  assert.deepEqual(cat?.tensor.shape, [32, 384]);
  assert.match(cat?.conditioningId ?? '', /^[0-9a-f]{64}$/);
  assert.notEqual(cat?.conditioningId, empty?.conditioningId);
  // The tokenizer lower-cases and joins spaces: equal tokens are equal conditioning.
  assert.equal(cat?.conditioningId, again?.conditioningId);
  assert.deepEqual(cat?.tensor.data, again?.tensor.data);
});

test('a prompt beyond the context is cut, and told', async () => {
  const [short, long] = await encode(['red', 'red '.repeat(40)]);
  assert.equal(short?.truncatedTokens, 0);
  assert.equal(long?.truncatedTokens, 10);
});

test('a bad encode request is refused by its field', async () => {
  const refused = (prompts: readonly string[], code: string, field: string, model?: string) =>
    assert.rejects(encode(prompts, model), { code, field });
  await refused([], 'invalid_argument', 'prompts');
  await refused(Array(65).fill('x'), 'invalid_argument', 'prompts');
  await refused(['x'.repeat(65_537)], 'invalid_argument', 'prompts');
  await refused(['x'], 'not_found', 'model', 'other');
});

test('a latent of the reference becomes its image, to a rounding step', async () => {
  const { data: bytes } = { data: readFileSync(join(goldensFolder, 'pipeline/00-latent.f32')) };
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const pixels = await decode({ shape: [4, 16, 16], data });
  assert.deepEqual(pixels.shape, [128, 128, 3]);
  const golden = await sharp(join(goldensFolder, 'pipeline/00.png')).removeAlpha().raw().toBuffer();
  // torch decoded the reference: sums in another order move a value across a rounding border now and then.
  const differences = golden.map((value, i) => Math.abs(value - (pixels.bytes[i] ?? 0)));
  assert.ok(Math.max(...differences) <= 1, `off by ${Math.max(...differences)}`);
  assert.ok(differences.filter((difference) => difference > 0).length < golden.length / 1000);
});

test('an image larger than a message arrives in bands, and equals itself', async () => {
  const shape = [4, 96, 96];
  const latent = { shape, data: Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i / 7)) };
  const [once, twice] = [await decode(latent), await decode(latent)];
  assert.deepEqual(once.shape, [768, 768, 3]);
  assert.deepEqual(once.bytes, twice.bytes);
});

test('a bad latent is refused by its field, before work', async () => {
  const started = async () => {
    for await (const beat of callStream(decoder.channel.client(tesseraV1.WorkerService).watch({}))) {
      return Number(beat.evaluationsStarted);
    }
    return Number.NaN;
  };
  const before = await started();
  const zeros = (...shape: number[]) => ({ shape, data: new Float32Array(elementCount(shape)) });
  for (const latent of [zeros(3, 16, 16), zeros(4, 16), zeros(4, 0, 16), zeros(1, 4, 16, 16)]) {
    await assert.rejects(decode(latent), { code: 'invalid_argument', field: 'latent' });
  }
  await assert.rejects(decode(zeros(4, 16, 16), 'other'), { code: 'not_found', field: 'model' });
  const call = decoder.channel.client(tesseraV1.DecoderService).decode();
  call.write({ model: 'emoji', latent: { dtype: 'DATA_TYPE_FLOAT32', shape: [4, 1e6, 1e6] } });
  await assert.rejects(callStream(call).next(), { code: 'invalid_argument', field: 'latent' });
  const cut = decoder.channel.client(tesseraV1.DecoderService).decode();
  cut.end();
  await assert.rejects(callStream(cut).next(), (thrown) => errorFromStatus(thrown).field === 'latent');
  assert.equal(await started(), before);
});
