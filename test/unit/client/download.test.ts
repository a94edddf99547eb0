import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { connect } from '@tessera/client';
import { type Image, TesseraError } from '@tessera/core';
import { startFakeGenerationService } from './fake-generation-service.js';

const file = randomBytes(10_000);
const image: Image = {
  imageId: 'i-0',
  format: 'png',
  sizeBytes: file.length,
  fileSha256: createHash('sha256').update(file).digest('hex'),
  width: 64,
  height: 64,
};

const reconnect = { attempts: 3, initialDelayMs: 1, maxDelayMs: 2 };

test('a download that breaks goes on at its offset and is whole', async () => {
  const offsets: number[] = [];
  const service = await startFakeGenerationService({
    async *downloadImage(request) {
      const offset = Number(request.offset);
      offsets.push(offset);
      yield {
        sizeBytes: file.length,
        fileSha256: image.fileSha256,
        offset,
        data: file.subarray(offset, offset + 4000),
      };
      if (offset + 4000 < file.length) throw new TesseraError('unavailable', 'cut');
    },
  });
  const client = connect({ address: service.address, reconnect });
  try {
    assert.deepEqual(Buffer.from(await client.imageBytes('g-1', image)), file);
    assert.deepEqual(offsets, [0, 4000, 8000]);
  } finally {
    client.close();
    service.close();
  }
});

test('bytes with another sha256 than announced are refused', async () => {
  const service = await startFakeGenerationService({
    async *downloadImage() {
      const data = Buffer.from(file);
      data.writeUInt8(data.readUInt8(5000) ^ 1, 5000);
      yield { sizeBytes: file.length, fileSha256: image.fileSha256, offset: 0, data };
    },
  });
  const client = connect({ address: service.address, reconnect });
  try {
    await assert.rejects(client.imageBytes('g-1', image), /arrived with sha256/);
  } finally {
    client.close();
    service.close();
  }
});
