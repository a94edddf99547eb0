import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GenerationEvent, Image, PlanSummary, Receipt } from '@tessera/core';
import {
  bytesFromEvent,
  eventFromBytes,
  receiptFromJson,
  receiptJson,
  requestInputFromWire,
  tesseraV1,
  wireFromRequestInput,
} from '@tessera/proto';

const image: Image = { imageId: '1-0', format: 'png', sizeBytes: 9, fileSha256: 'f', width: 8, height: 16 };
const inline: Image = { ...image, data: Buffer.from([1, 2, 3]) };
const plan: PlanSummary = {
  model: 'tiny',
  modelSha256: 'ab',
  seed: '18446744073709551615',
  count: 2,
  scheduler: 'euler-ancestral',
  steps: 2,
  timesteps: [999, 499.5],
  guidanceScale: 7.5,
  guidanceRescale: 0.7,
  eta: 1,
  width: 64,
  height: 32,
  latentShape: [4, 4, 8],
  windows: [{ x: 0, y: 0, width: 8, height: 4 }],
  previewSteps: [0, 1],
  evaluations: 8,
  peakMemoryBytes: 2 ** 40,
};
const tiling = { overlap: 0, wrap: 'both', scheme: 'pyramid', grid: 'moving' } as const;
const compose = { strength: 0.4, startStep: 1, baseWidth: 32, baseHeight: 16 };
const windowed: PlanSummary = {
  ...plan,
  windows: [...plan.windows, { x: 6, y: 0, width: 8, height: 4 }],
  tiling,
  compose,
};
const receipt: Receipt = {
  imageIndex: 1,
  model: 'tiny',
  modelSha256: 'ab',
  prompt: 'a',
  seed: '7',
  scheduler: 'ddim',
  steps: 2,
  timesteps: [999, 499.5],
  guidanceScale: 4,
  guidanceRescale: 0,
  eta: 0,
  width: 64,
  height: 32,
  windows: plan.windows,
  evaluations: 4,
  numericClass: 'c',
  arithmeticVersion: 'v',
  latentSha256: 'l',
  imageSha256: 'i',
  timings: [{ stage: 'denoise', ms: 1234.5 }],
  cache: [{ cache: 'conditioning', key: 'k', hit: false }],
  tesseraVersion: '0.1.0',
};
const tiled: Receipt = {
  ...receipt,
  tiling: { wrap: 'x', scheme: 'ramp', grid: 'fixed' },
  compose,
  seams: {
    ratio: 1.01,
    secondDifference: 1.04,
    toneStep: 0.98,
    zScore: -0.2,
    worst: { axis: 'y', position: 48, ratio: 1.2 },
  },
};
const head = { generationId: 'g', sequence: 3 };
const events: readonly GenerationEvent[] = [
  { ...head, type: 'accepted', plan },
  { ...head, type: 'accepted', plan: windowed },
  { ...head, type: 'queued', position: 3, remainingMs: 1500.25 },
  { ...head, type: 'started' },
  { ...head, type: 'progress', imageIndex: 1, stepIndex: 0, steps: 20, remainingMs: 2000 },
  { ...head, type: 'preview', imageIndex: 0, stepIndex: 4, image: inline, width: 64, height: 32, superseded: 2 },
  { ...head, type: 'region', imageIndex: 1, x: 0, y: 16, image },
  { ...head, type: 'restarted', imageIndex: 0, stepIndex: 3, reason: 'moved' },
  {
    ...head,
    type: 'completed',
    images: [
      { image: inline, receipt },
      { image, receipt: { ...receipt, negativePrompt: '' } },
      { image, receipt: tiled },
    ],
  },
  { ...head, type: 'failed', code: 'deadline_exceeded', message: 'late' },
  { ...head, type: 'failed', code: 'invalid_argument', message: 'bad', field: 'width' },
  { ...head, type: 'cancelled', stepIndex: 5 },
];

for (const event of events) {
  test(`a ${event.type} event crosses the wire whole`, () => {
    assert.deepEqual(eventFromBytes(bytesFromEvent(event)), event);
  });
}

test('an event of a newer version is passed over', () => {
  assert.equal(eventFromBytes(tesseraV1.GenerationEvent.serialize({ generationId: 'g' })), undefined);
});

const sent = (wire: Parameters<typeof tesseraV1.GenerateRequest.serialize>[0]) =>
  requestInputFromWire(tesseraV1.GenerateRequest.deserialize(tesseraV1.GenerateRequest.serialize(wire)));

test('a request crosses the wire as it was written, with nothing filled in', () => {
  const input = {
    prompt: 'a',
    negativePrompt: '',
    seed: '18446744073709551615',
    count: 0,
    width: -1,
    height: 2 ** 31,
    guidanceScale: Number.NaN,
    overlap: -3,
    wrap: 'z',
    windowScheme: '',
    compose: { strength: 7 },
    preview: { everySteps: 1, decoded: false, format: 'webp' },
    output: { format: 'jpeg' },
    keepForMs: 0,
    timeLimitMs: 1500.5,
    priority: 0,
  } as const;
  assert.deepEqual(sent(wireFromRequestInput(input)), input);
  assert.deepEqual(sent({}), {});
  assert.deepEqual(sent(wireFromRequestInput({ compose: {} })), { compose: {} });
});

test('a format that nobody knows arrives, to be refused by name', () => {
  const wire = { output: { format: 77 as never }, preview: { format: 'IMAGE_FORMAT_UNSPECIFIED' as const } };
  assert.deepEqual(sent(wire), { output: { format: '77' }, preview: {} });
});

test('how an image was tiled is refused in words that this version does not know', () => {
  for (const unknown of [{ scheme: 'gauss' }, { wrap: 'z' }, { grid: 'still' }]) {
    const plan = { ...windowed, tiling: { ...tiling, ...unknown } } as PlanSummary;
    const bytes = bytesFromEvent({ ...head, type: 'accepted', plan });
    assert.throws(() => eventFromBytes(bytes), RangeError);
  }
});

test('a plan of when there was no other grid was fixed', () => {
  const { grid: _, ...before } = tiling;
  const event = eventFromBytes(bytesFromEvent({ ...head, type: 'accepted', plan: { ...windowed, tiling: before } }));
  assert.deepEqual(event?.type === 'accepted' && event.plan?.tiling, { ...before, grid: 'fixed' });
});

test('a receipt with tiling, composition and seams is the same after JSON', () => {
  assert.deepEqual(receiptFromJson(JSON.parse(JSON.stringify(receiptJson(tiled)))), tiled);
});
