import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GenerationEvent } from '@tessera/core';
import { bytesFromEvent, eventFromWire, framedEvent, tesseraV1 } from '@tessera/proto';

const HEAD_BYTES = 5;
const { Generate, Watch } = tesseraV1.GenerationService.service;

function preview(imageBytes: number): GenerationEvent {
  const image = { imageId: '', format: 'jpeg', sizeBytes: imageBytes, fileSha256: 'ab', width: 8, height: 8 } as const;
  const data = Buffer.alloc(imageBytes, 7);
  const size = { width: 8, height: 8 };
  return {
    generationId: 'g',
    sequence: 2,
    type: 'preview',
    imageIndex: 1,
    stepIndex: 3,
    ...size,
    superseded: 0,
    image: { ...image, data },
  };
}

// Lengths around those at which protobuf writes another byte of length.
for (const imageBytes of [1, 80, 127, 128, 16_000, 16_384, 300_000]) {
  test(`the frame of an event with an image of ${imageBytes} bytes is what gRPC sends for it`, () => {
    const sent = preview(imageBytes);
    const framed = framedEvent(bytesFromEvent(sent));
    assert.ok(framed);
    assert.deepEqual(framed.event, sent);
    const { frame } = framed;
    assert.equal(frame[0], 0);
    assert.equal(frame.readUInt32BE(1), frame.length - HEAD_BYTES);
    for (const method of [Generate, Watch]) {
      const { event } = method.responseDeserialize(frame.subarray(HEAD_BYTES));
      assert.ok(event);
      assert.deepEqual(eventFromWire(event as Parameters<typeof eventFromWire>[0]), sent);
    }
  });
}
