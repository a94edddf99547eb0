import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, type GenerationRequestInput } from '@tessera/client';
import type { GenerateRequest__Output } from '@tessera/proto';
import { accepted, cancelled, collect, startFakeGenerationService } from './fake-generation-service.js';

const refused: readonly (readonly [field: string, input: object])[] = [
  ['stepz', { stepz: 20 }],
  ['stepz', { stepz: undefined }],
  ['preview.every', { preview: { every: 1 } }],
  ['steps', { steps: 1.5 }],
  ['steps', { steps: '20' }],
  ['steps', { steps: 2 ** 60 }],
  ['seed', { seed: -1 }],
  ['seed', { seed: 2n ** 64n }],
  ['seed', { seed: '7x' }],
  ['guidance_scale', { guidanceScale: '4' }],
  ['prompt', { prompt: 5 }],
  ['output.format', { output: { format: 'gif' } }],
  ['preview', { preview: true }],
  ['overlap', { overlap: 1.5 }],
  ['wrap', { wrap: true }],
  ['window_scheme', { windowScheme: 1 }],
  ['compose', { compose: true }],
  ['compose.strength', { compose: { strength: '0.5' } }],
  ['compose.start', { compose: { start: 1 } }],
  ['keep_for', { keepForMs: Number.NaN }],
];

test('a key or value that the wire would drop or bend is refused by name before anything is sent', () => {
  // Nothing listens there: a request that was sent would fail as unavailable.
  const client = connect({ address: '127.0.0.1:1' });
  for (const [field, input] of refused) {
    assert.throws(() => client.generate(input as GenerationRequestInput), { code: 'invalid_argument', field }, field);
  }
  client.close();
});

test('values travel as given, for the server to judge', async () => {
  const requests: GenerateRequest__Output[] = [];
  const service = await startFakeGenerationService({
    async *generate(request) {
      requests.push(request);
      yield accepted;
      yield { ...cancelled(0), sequence: 2 };
    },
  });
  const client = connect({ address: service.address });
  try {
    await collect(
      client.generate({
        width: 0,
        height: 2 ** 31,
        steps: -1,
        guidanceScale: Number.NaN,
        seed: 2n ** 64n - 1n,
        keepForMs: -1500,
        preview: { everySteps: 0, format: 'webp' },
      }),
    );
    const [request] = requests;
    assert.equal(request?.width, '0');
    assert.equal(request?.height, '2147483648');
    assert.equal(request?.steps, '-1');
    assert.ok(Number.isNaN(request?.guidanceScale));
    assert.equal(request?.seed, '18446744073709551615');
    assert.deepEqual(request?.keepFor, { seconds: '-1', nanos: -500_000_000 });
    assert.equal(request?.preview?.everySteps, '0');
    assert.equal(request?.preview?.format, 'IMAGE_FORMAT_WEBP');
    assert.equal(request?.prompt, undefined);
  } finally {
    client.close();
    service.close();
  }
});
