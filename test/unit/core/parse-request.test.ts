import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS, parseGenerationRequest, TesseraError } from '@tessera/core';
import { modelCard } from '../../support/model-card.js';

const card = modelCard();
const fixed = modelCard({ name: 'fixed', denoiser: { ...card.denoiser, fixedSize: { width: 16, height: 16 } } });
const prk = modelCard({ name: 'prk', latentFormat: { ...card.latentFormat, preview: undefined } });

const parse = (input: unknown) =>
  parseGenerationRequest(input, {
    tenant: 'default',
    models: [card, fixed, prk],
    defaultModel: 'small',
    drawSeed: () => 4_000_000_000,
    limits: DEFAULT_LIMITS,
  });

test('what is unset takes the default of the model card', () => {
  assert.deepEqual(parse({ prompt: 'a red apple', preview: null, output: null, keepFor: null, timeLimit: null }), {
    tenant: 'default',
    model: 'small',
    prompt: 'a red apple',
    seed: '4000000000',
    count: 1,
    steps: 10,
    guidanceScale: 4,
    guidanceRescale: 0,
    width: 128,
    height: 128,
    scheduler: 'ddim',
    eta: 0,
    outputFormat: 'png',
    keepForMs: 0,
    priority: 5,
  });
});

test('what is set is taken, as proto-loader writes it', () => {
  const request = parse({
    prompt: '',
    _prompt: 'prompt',
    negativePrompt: 'blur',
    seed: '18446744073709551615',
    count: '16',
    steps: '1',
    guidanceScale: 0,
    guidanceRescale: 1,
    width: '32',
    height: 96,
    scheduler: 'ddim',
    eta: 1,
    preview: {
      everySteps: '2',
      _everySteps: 'everySteps',
      maxEdge: '2048',
      decoded: true,
      format: 'IMAGE_FORMAT_WEBP',
    },
    output: { format: 'IMAGE_FORMAT_JPEG' },
    idempotencyKey: 'k',
    keepFor: { seconds: '86400', nanos: 0 },
    timeLimit: { seconds: 1, nanos: 500_000_000 },
    priority: '0',
  });
  assert.deepEqual(request, {
    tenant: 'default',
    model: 'small',
    prompt: '',
    negativePrompt: 'blur',
    seed: '18446744073709551615',
    count: 16,
    steps: 1,
    guidanceScale: 0,
    guidanceRescale: 1,
    width: 32,
    height: 96,
    scheduler: 'ddim',
    eta: 1,
    preview: { everySteps: 2, maxEdge: 2048, decoded: true, format: 'webp' },
    outputFormat: 'jpeg',
    idempotencyKey: 'k',
    keepForMs: 86_400_000,
    timeLimitMs: 1500,
    priority: 0,
  });
});

test('the client library spells durations, formats and seeds its own way', () => {
  const request = parse({ prompt: 'x', seed: 7n, keepForMs: 15_000, timeLimitMs: 0.25, output: { format: 'webp' } });
  assert.equal(request.seed, '7');
  assert.equal(request.keepForMs, 15_000);
  assert.equal(request.timeLimitMs, 1);
  assert.equal(request.outputFormat, 'webp');
});

test('previews need every_steps, and the decoder where the model has no linear map', () => {
  assert.equal(parse({ prompt: 'x', preview: {} }).preview, undefined);
  assert.deepEqual(parse({ prompt: 'x', preview: { everySteps: 1 } }).preview, {
    everySteps: 1,
    decoded: false,
    format: 'jpeg',
  });
  assert.equal(parse({ model: 'prk', prompt: 'x', preview: { everySteps: 1 } }).preview?.decoded, true);
});

const tooLong = 'é'.repeat(DEFAULT_LIMITS.maxPromptBytes / 2 + 1);

/** [field, bad values, what the message must say] */
const refusals: readonly (readonly [string, readonly unknown[], RegExp])[] = [
  ['request', [[], 'text', 7, null, undefined], /^request must be an object/],
  ['model', [{ model: 'none' }, { model: '' }, { model: 3 }], /^model must be one of small, fixed, prk; got/],
  ['prompt', [{}, { prompt: null }], /^prompt must be given/],
  ['prompt', [{ prompt: 'x'.repeat(1 << 20) }], /^prompt must be at most 8192 bytes of UTF-8; got 1048576$/],
  ['prompt', [{ prompt: tooLong }], /^prompt must be at most 8192 bytes of UTF-8; got 8194$/],
  ['prompt', [{ prompt: 5 }], /^prompt must be text; got "number"$/],
  ['negative_prompt', [{ negativePrompt: tooLong }], /^negative_prompt must be at most 8192 bytes/],
  [
    'seed',
    [{ seed: '18446744073709551616' }, { seed: -1 }, { seed: 1.5 }, { seed: '0x1' }, { seed: 2 ** 60 }],
    /^seed must be/,
  ],
  [
    'count',
    [{ count: 0 }, { count: '17' }, { count: -1 }, { count: 1.5 }, { count: '9223372036854775807' }],
    /from 1 to 16; got/,
  ],
  [
    'steps',
    [{ steps: 0 }, { steps: '1000000000' }, { steps: -1 }, { steps: Number.NaN }],
    /^steps must be a whole number from 1 to 1000; got/,
  ],
  ['steps', [{ scheduler: 'lcm', steps: 51 }], /^steps must be a whole number from 1 to 50 with scheduler lcm/],
  ['steps', [{ scheduler: 'pndm', steps: 3 }], /^steps must be a whole number from 4 to 1000 with scheduler pndm/],
  [
    'guidance_scale',
    [Number.NaN, -0.1, 100.5, Number.POSITIVE_INFINITY, '4'].map((guidanceScale) => ({ guidanceScale })),
    /from 0 to 100; got/,
  ],
  ['guidance_rescale', [{ guidanceRescale: 1.01 }, { guidanceRescale: -1 }], /from 0 to 1; got/],
  [
    'width',
    [0, -1, 7, 2 ** 31, '2147483648', 33, 160, 1.5, 'wide'].map((width) => ({ width })),
    /^width must be a multiple of 32 from 32 to 128: the native size of small is 128×128; got/,
  ],
  ['height', [0, -1, 7, 2 ** 31, 136].map((height) => ({ height })), /^height must be a multiple of 32 from 32 to 128/],
  ['width', [{ model: 'fixed', width: 64 }], /^width must be 128: fixed was exported for that size alone; got 64$/],
  [
    'scheduler',
    [{ scheduler: 'heun' }, { scheduler: '' }, { scheduler: 1 }],
    /^scheduler must be one of ddim, euler, /,
  ],
  ['eta', [{ eta: 1.1 }, { eta: -0.1 }, { eta: Number.NaN }], /^eta must be a number from 0 to 1; got/],
  ['eta', [{ eta: 0.5, scheduler: 'euler' }], /^eta must be 0 or unset with scheduler euler; ddim takes it; got 0.5$/],
  ['preview', [{ preview: 3 }], /^preview must be an object/],
  ['preview.every_steps', [{ preview: { everySteps: 0 } }, { preview: { everySteps: '-1' } }], /from 1 to/],
  ['preview.max_edge', [{ preview: { everySteps: 1, maxEdge: 7 } }, { preview: { maxEdge: 2049 } }], /from 8 to 2048/],
  ['preview.decoded', [{ preview: { decoded: 'yes' } }], /true or false/],
  ['preview.format', [{ preview: { format: 'gif' } }, { preview: { format: 99 } }], /must be png, jpeg or webp/],
  ['preview.size', [{ preview: { size: 1 } }], /^preview\.size is not a field/],
  ['output.format', [{ output: { format: 'IMAGE_FORMAT_TIFF' } }], /must be png, jpeg or webp/],
  [
    'idempotency_key',
    [{ idempotencyKey: '' }, { idempotencyKey: 'k'.repeat(257) }, { idempotencyKey: 1 }],
    /1 to 256 characters/,
  ],
  [
    'keep_for',
    [
      { keepFor: { seconds: '-1', nanos: 0 } },
      { keepFor: { seconds: '86400', nanos: 1 } },
      { keepFor: { nanos: 1e9 } },
      { keepFor: 'x' },
    ],
    /^keep_for must be at least 0 and at most 86400 seconds; got/,
  ],
  [
    'time_limit',
    [{ timeLimit: { seconds: '0', nanos: 0 } }, { timeLimit: { seconds: 86401 } }, { timeLimitMs: Number.NaN }],
    /^time_limit must be above 0/,
  ],
  ['priority', [{ priority: 10 }, { priority: -1 }], /from 0 to 9; got/],
  ['cfg_scale', [{ cfgScale: 4 }], /^cfg_scale is not a field; the fields are/],
  ['_nothing', [{ _nothing: 'nothing' }], /is not a field/],
];

for (const [field, inputs, message] of refusals) {
  test(`${field} is refused by name: ${message.source}`, () => {
    assert.notEqual(inputs.length, 0);
    for (const input of inputs) {
      const request = field === 'prompt' || field === 'request' ? input : { prompt: 'x', ...(input as object) };
      assert.throws(
        () => parse(request),
        (error) => {
          assert.ok(error instanceof TesseraError, String(error));
          assert.equal(error.code, 'invalid_argument');
          assert.equal(error.field, field);
          assert.match(error.message, message);
          assert.ok(error.message.length < 600, 'the message repeats the value');
          return true;
        },
        JSON.stringify(input, (_, value) => (typeof value === 'string' ? value.slice(0, 20) : value)),
      );
    }
  });
}

test('a bad value is named before a missing prompt', () => {
  assert.throws(() => parse({ width: 0 }), { field: 'width' });
});
