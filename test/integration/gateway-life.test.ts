import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { type GenerationEvent, TesseraError } from '@tessera/core';
import { callStream, eventFromWire, type GenerateRequest, type GenerationServiceClient } from '@tessera/proto';
import { GATEWAY_SCRIPT, type GatewayProcess, startGateway } from '../support/gateway-process.js';
import { healthClient } from '../support/health-client.js';
import { accepts } from '../support/processes.js';
import { startWorker } from '../support/worker-process.js';

const SERVICE = 'tessera.v1.GenerationService';

const [textEncoder, denoiser, decoder] = await Promise.all([
  startWorker('text-encoder'),
  startWorker('denoiser'),
  startWorker('decoder'),
]);
after(() => Promise.all([textEncoder, denoiser, decoder].map((worker) => worker[Symbol.asyncDispose]())));

const workers = (denoisers: readonly string[] = [denoiser.address]) => ({
  textEncoders: [textEncoder.address],
  denoisers,
  decoders: [decoder.address],
});

async function* generated(client: GenerationServiceClient, request: GenerateRequest): AsyncGenerator<GenerationEvent> {
  for await (const { event } of callStream(client.generate({ prompt: 'a red apple', seed: 7, ...request }))) {
    const parsed = event && eventFromWire(event);
    if (parsed) yield parsed;
  }
}

async function imageOf({ client }: GatewayProcess, request: GenerateRequest) {
  let last: GenerationEvent | undefined;
  for await (const event of generated(client, request)) last = event;
  if (last?.type !== 'completed') throw new Error(`ended with ${last?.type}`);
  return last.images[0]?.receipt;
}

test('a gateway serves once every stage is there, and leaves nothing behind', async () => {
  await using gateway = await startGateway(workers());
  const prober = healthClient(gateway.healthAddress);
  const line = await gateway.ready;
  assert.deepEqual(line, { ready: true, address: gateway.address, models: ['emoji'] });
  assert.equal(await prober.check(SERVICE), 'SERVING');
  assert.equal(await prober.check(''), 'SERVING');
  await imageOf(gateway, { steps: 2 });
  prober.close();
  gateway.process.kill('SIGTERM');
  assert.equal(await gateway.ended, 0);
  assert.equal(await accepts(gateway.address), false);
});

test('without a stage it listens, and says that it lives and does not serve', async () => {
  await using gateway = await startGateway({ ...workers(), decoders: [] });
  const prober = healthClient(gateway.healthAddress);
  assert.equal(await prober.check(SERVICE), 'NOT_SERVING');
  assert.equal(await prober.check(''), 'SERVING');
  await assert.rejects(generated(gateway.client, {}).next(), { code: 'unavailable' });
  prober.close();
});

test('SIGTERM lets a running generation end, within its grace', async () => {
  await using gateway = await startGateway(workers());
  await gateway.ready;
  const events = generated(gateway.client, { steps: 10 });
  let last: GenerationEvent | undefined;
  for await (const event of events) {
    last = event;
    if (event.type === 'progress' && event.stepIndex === 0) gateway.process.kill('SIGTERM');
  }
  assert.equal(last?.type, 'completed');
  assert.equal(await gateway.ended, 0);
});

test('what SIGTERM does not let end is told to resume elsewhere', async () => {
  await using gateway = await startGateway(workers(), ['--grace', '50ms']);
  await gateway.ready;
  const events = generated(gateway.client, { steps: 500 });
  await assert.rejects(
    async () => {
      for await (const event of events) if (event.type === 'started') gateway.process.kill('SIGTERM');
    },
    (error) => error instanceof TesseraError && error.code === 'unavailable' && error.reason === 'RESUME',
  );
  assert.equal(await gateway.ended, 0);
});

test('killing one of two denoisers in the middle changes nothing of the image', async () => {
  await using first = await startWorker('denoiser', { args: ['--worker-id', 'first'] });
  await using second = await startWorker('denoiser', { args: ['--worker-id', 'second'] });
  await using gateway = await startGateway(workers([first.address, second.address]));
  await gateway.ready;
  await Promise.all([first.ready(), second.ready()]);
  const request = { steps: 20, count: 2 };
  const expected = await imageOf(gateway, request);
  let receipt: string | undefined;
  for await (const event of generated(gateway.client, request)) {
    if (event.type === 'progress' && event.stepIndex === 5) first.process.kill('SIGKILL');
    if (event.type === 'restarted') assert.fail('a lost worker costs its calls, not the generation');
    if (event.type === 'completed') receipt = event.images[0]?.receipt.imageSha256;
  }
  assert.equal(receipt, expected?.imageSha256);
});

for (const [listen, code] of [
  ['0.0.0.0:0', 2],
  ['[::]:0', 2],
] as const) {
  test(`${listen} is refused without --insecure`, async () => {
    const child = spawn(process.execPath, [GATEWAY_SCRIPT, '--listen', listen], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [exitCode] = await once(child, 'close');
    assert.equal(exitCode, code, said);
    assert.match(said, /--insecure/);
  });
}
