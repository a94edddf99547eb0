import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventJson, snakeCased } from '@tessera/cli';
import type { GenerationEvent, Image, Receipt } from '@tessera/core';

const image: Image = {
  imageId: 'i-0',
  format: 'png',
  data: new Uint8Array([1, 2, 3]),
  sizeBytes: 3,
  fileSha256: 'f00d',
  width: 8,
  height: 8,
};

const head = { generationId: 'g-1', sequence: 2 };

test('keys are spelled as in the proto, and every line has its time', () => {
  const event: GenerationEvent = {
    ...head,
    type: 'progress',
    imageIndex: 0,
    stepIndex: 4,
    steps: 20,
    remainingMs: 300,
  };
  assert.deepEqual(eventJson(event, 1234, new Map()), {
    time: 1234,
    type: 'progress',
    generation_id: 'g-1',
    sequence: 2,
    image_index: 0,
    step_index: 4,
    steps: 20,
    remaining_ms: 300,
  });
});

test('an image is a path and a sha256, never its bytes', () => {
  const event: GenerationEvent = {
    ...head,
    type: 'preview',
    imageIndex: 0,
    stepIndex: 4,
    image,
    width: 128,
    height: 128,
    superseded: 1,
  };
  const shown = { image_id: 'i-0', format: 'png', size_bytes: 3, width: 8, height: 8, sha256: 'f00d' };
  assert.deepEqual(eventJson(event, 0, new Map()).image, shown);
  assert.deepEqual(eventJson(event, 0, new Map([['i-0', 'p/x.png']])).image, { ...shown, path: 'p/x.png' });
});

test('completed has the first image and its receipt at the top, as the message has', () => {
  const receipt = { seed: '7', latentSha256: 'aa', imageSha256: 'bb' } as Receipt;
  const second = { image: { ...image, imageId: 'i-1' }, receipt: { ...receipt, seed: '8' } };
  const event: GenerationEvent = { ...head, type: 'completed', images: [{ image, receipt }, second] };
  const json = eventJson(event, 0, new Map([['i-1', 'two.png']]));
  assert.deepEqual(json.receipt, { seed: 7, latent_sha256: 'aa', image_sha256: 'bb' });
  const [further] = json.further_images as { image: { path: string } }[];
  assert.equal(further?.image.path, 'two.png');
});

test('the converter keeps what JSON can hold and leaves bytes out', () => {
  const value = { someList: [{ innerKey: 1n }], when: new Date(0), bytes: new Uint8Array(2), nothing: null };
  assert.deepEqual(snakeCased(value), {
    some_list: [{ inner_key: '1' }],
    when: '1970-01-01T00:00:00.000Z',
    nothing: null,
  });
});
