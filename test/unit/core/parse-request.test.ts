import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS, parseGenerationRequest, TesseraError } from '@tessera/core';
import { modelCard } from '../../support/model-card.js';

const card = modelCard();
const size = { width: 16, height: 16 };
const fixed = modelCard({ name: 'fixed', denoiser: { ...card.denoiser, fixedSize: size } });
const fixedWhole = modelCard({ ...fixed, name: 'fixed-whole', decoder: { ...card.decoder, fixedSize: size } });
const fixedInBands = modelCard({
  ...fixedWhole,
  name: 'fixed-in-bands',
  decoder: { ...fixedWhole.decoder, bands: { bytesPerCell: 1, fewestRows: 1, reach: 15 } },
});
const encoding = modelCard({
  name: 'encoding',
  imageEncoder: { input: 'sample', output: 'latent_parameters', posterior: 'moments', float: 'float32' },
});
const prk = modelCard({ name: 'prk', latentFormat: { ...card.latentFormat, preview: undefined } });

const parse = (input: unknown) =>
  parseGenerationRequest(input, {
    tenant: 'default',
    models: [card, fixed, prk, fixedWhole, fixedInBands, encoding],
    defaultModel: 'small',
    drawSeed: () => 4_000_000_000,
    limits: DEFAULT_LIMITS,
  });

test('a decoder of one size gives others where it can be computed in bands', () => {
  const { width, height } = parse({ model: 'fixed-in-bands', prompt: 'x', width: 256, height: 136 });
  assert.deepEqual([width, height], [256, 136]);
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
    tiling: { wrap: 'none', scheme: 'ramp', grid: 'moving' },
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
    overlap: '0',
    wrap: 'both',
    windowScheme: 'pyramid',
    windowGrid: 'fixed',
    compose: null,
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
    tiling: { overlap: 0, wrap: 'both', scheme: 'pyramid', grid: 'fixed' },
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

function composed(strength: unknown) {
  return { model: 'encoding', compose: { strength } };
}

test('sizes beyond native are multiples of a cell; below it, of what the network halves', () => {
  for (const [width, height] of [
    [136, 1000],
    [96, 1000],
    [16_384, 4096],
    [8192, 8192],
    [128, 136],
  ] as const) {
    const { width: w, height: h } = parse({ prompt: 'x', width, height });
    assert.deepEqual([w, h], [width, height]);
  }
});

test('overlap is bounded by the windows that it counts for', () => {
  const overlapOf = (input: object) => parse({ prompt: 'x', ...input }).tiling.overlap;
  assert.equal(overlapOf({ width: 256, height: 64, overlap: 15 }), 15, 'the short axis has one window');
  assert.equal(overlapOf({ width: 64, height: 64, overlap: 7 }), 7);
  assert.equal(overlapOf({ width: 64, wrap: 'x', overlap: 7 }), 7);
});

test('an image is composed at a strength of 0.3, or at the one that is given', () => {
  const composeOf = (input: object) => parse({ prompt: 'x', model: 'encoding', ...input }).compose;
  assert.equal(composeOf({}), undefined);
  assert.deepEqual(composeOf({ compose: {} }), { strength: 0.3 });
  assert.deepEqual(composeOf({ compose: { strength: 1 } }), { strength: 1 });
  assert.deepEqual(composeOf({ compose: {}, steps: 1 }), { strength: 1 }, 'one step is the least');
});

const tooLong = 'é'.repeat(DEFAULT_LIMITS.maxPromptBytes / 2 + 1);

/** [field, bad values, what the message must say] */
const refusals: readonly (readonly [string, readonly unknown[], RegExp])[] = [
  ['request', [[], 'text', 7, null, undefined], /^request must be an object/],
  [
    'model',
    [{ model: 'none' }, { model: '' }, { model: 3 }],
    /^model must be one of small, fixed, prk, fixed-whole, fixed-in-bands, encoding; got/,
  ],
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
    [0, -1, 7, 2 ** 31, '2147483648', 33, 136.5, 'wide', 16_392, 132].map((width) => ({ width })),
    /^width must be a multiple of 32 up to 128, of 8 from there to 16384: the native size of small is 128×128; got/,
  ],
  ['height', [0, -1, 7, 2 ** 31, 24].map((height) => ({ height })), /^height must be a multiple of 32 up to 128/],
  [
    'height',
    [{ width: 16_384, height: 4104 }],
    /^height must be at most 4096 for a width of 16384: an image has at most 67108864 pixels; got 4104$/,
  ],
  [
    'width',
    [64, 132, 16_392].map((width) => ({ model: 'fixed', width })),
    /^width must be a multiple of 8 from 128 to 16384: the denoiser of fixed was exported for 128; got/,
  ],
  [
    'width',
    [64, 256].map((width) => ({ model: 'fixed-whole', width })),
    /^width must be 128: fixed-whole was exported for that size alone; got/,
  ],
  ['overlap', [-1, 16, 1.5, 'x'].map((overlap) => ({ width: 256, overlap })), /from 0 to 15; got/],
  ['overlap', [{ width: 64, wrap: 'x', overlap: 8 }], /^overlap must be a whole number from 0 to 7; got 8$/],
  [
    'overlap',
    [{ width: 2048, height: 2048, overlap: 15 }],
    /^overlap must be smaller: it takes 58081 windows, and 16384 are the most; got 15$/,
  ],
  ['count', [{ width: 8192, height: 8192, count: 3 }], /^count must be smaller: it takes 22188 windows/],
  ['count', [{ width: 8192, height: 8192, count: 3, windowGrid: 'fixed' }], /^count must be smaller: it takes 21675 w/],
  ['wrap', ['z', '', true].map((wrap) => ({ wrap })), /^wrap must be one of none, x, y, both; got/],
  ['window_scheme', ['gauss', 1].map((windowScheme) => ({ windowScheme })), /^window_scheme must be one of ramp, pyr/],
  ['window_grid', ['still', 1].map((windowGrid) => ({ windowGrid })), /^window_grid must be one of moving, fixed; got/],
  ['compose', [{ compose: true }, { compose: 0.5 }], /^compose must be an object/],
  ['compose', [{ compose: {} }], /^compose needs a model with an image encoder, and small has none$/],
  [
    'compose.strength',
    [-0.1, 1.1, Number.NaN, 'x'].map(composed),
    /^compose.strength must be a number from 0 to 1; got/,
  ],
  ['compose.strength', [0, 0.09].map(composed), /^compose.strength must be at least 0.1, one of 10 steps; got/],
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
