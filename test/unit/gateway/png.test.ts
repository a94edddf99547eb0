import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pixels, Receipt } from '@tessera/core';
import { encodeImage, receiptTexts } from '@tessera/gateway';
import { receiptFromJson } from '@tessera/proto';
import sharp from 'sharp';

function noisyPixels(width: number, height: number): Pixels {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 2654435761) >>> 24);
  return { width, height, data };
}

/** The text parts of a PNG by keyword, read with no knowledge of how they were written. */
function textsOf(png: Buffer): Map<string, string> {
  const texts = new Map<string, string>();
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    const end = body.indexOf(0);
    const keyword = body.toString('latin1', 0, end);
    if (type === 'tEXt') texts.set(keyword, body.toString('latin1', end + 1));
    if (type === 'iTXt') texts.set(keyword, body.toString('utf8', end + 5));
  }
  return texts;
}

for (const [width, height] of [
  [1, 1],
  [3, 5],
  [128, 128],
  [257, 64],
] as const) {
  test(`a PNG of ${width}×${height} holds exactly its pixels`, async () => {
    const pixels = noisyPixels(width, height);
    const png = await encodeImage(pixels, 'png', 'fine');
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [width, height, 3]);
    assert.deepEqual(new Uint8Array(data), pixels.data);
  });
}

const receipt: Receipt = {
  imageIndex: 0,
  model: 'tiny',
  modelSha256: 'ab'.repeat(32),
  prompt: 'ein Bär, 熊 🐻',
  negativePrompt: 'blurry',
  seed: '18446744073709551615',
  scheduler: 'ddim',
  steps: 2,
  timesteps: [999, 499.5],
  guidanceScale: 4,
  guidanceRescale: 0,
  eta: 0,
  width: 8,
  height: 8,
  windows: [{ x: 0, y: 0, width: 8, height: 8 }],
  evaluations: 4,
  numericClass: 'class',
  arithmeticVersion: 'version',
  latentSha256: 'l',
  imageSha256: 'i',
  timings: [{ stage: 'encode', ms: 1.5 }],
  cache: [{ cache: 'conditioning', key: 'k', hit: true }],
  tesseraVersion: '0.1.0',
};

test('a PNG carries its receipt, whatever the prompt is written in', async () => {
  const png = await encodeImage(noisyPixels(8, 8), 'png', 'fine', () => receiptTexts(receipt));
  const texts = textsOf(Buffer.from(png));
  const json = JSON.parse(texts.get('tessera') ?? '');
  assert.equal(json.model_sha256, receipt.modelSha256);
  assert.equal(json.guidance_scale, 4);
  assert.deepEqual(receiptFromJson(json), receipt);
  const [prompt, negative, parameters] = (texts.get('parameters') ?? '').split('\n');
  assert.equal(prompt, receipt.prompt);
  assert.equal(negative, 'Negative prompt: blurry');
  assert.match(parameters ?? '', /^Steps: 2, Sampler: ddim, CFG scale: 4, Seed: 18446744073709551615, Size: 8x8, /);
  // An independent reader accepts the file with its text parts.
  assert.equal((await sharp(png).metadata()).width, 8);
});
