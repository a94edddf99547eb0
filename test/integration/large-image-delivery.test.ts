import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readImageWithReceipt } from '@tessera/cli';
import { connect, type TesseraClient } from '@tessera/client';
import type { GenerationEvent, Image } from '@tessera/core';
import { type Cluster, runTessera, startCluster } from '../support/cluster.js';
import { decodeImage } from '../support/differences.js';

/** Just large enough to be decoded in bands, of no whole number of regions. */
const REQUEST = { prompt: 'a red apple', width: 704, height: 712, steps: 1, guidanceScale: 1, seed: 5 };

let folder = '';
let cluster: Cluster;
let client: TesseraClient;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-large-'));
  cluster = await startCluster(['--decoders', '2'], { TESSERA_HOME: join(folder, 'home') });
  client = connect({ address: cluster.address });
});
after(async () => {
  client.close();
  await cluster.stop();
  await rm(folder, { recursive: true });
});

async function eventsOf(events: AsyncIterable<GenerationEvent>): Promise<readonly GenerationEvent[]> {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const regionsOf = (events: readonly GenerationEvent[]) => events.filter((event) => event.type === 'region');

function finished(events: readonly GenerationEvent[]) {
  const last = events.at(-1);
  assert.equal(last?.type, 'completed');
  const [completed] = last.type === 'completed' ? last.images : [];
  assert.ok(completed);
  return { ...completed, generationId: last.generationId };
}

async function assertRegions(events: readonly GenerationEvent[], image: Image, format: string) {
  const { generationId } = finished(events);
  const whole = await decodeImage(await client.imageBytes(generationId, image));
  let rows = 0;
  for (const event of regionsOf(events)) {
    if (event.type !== 'region') continue;
    assert.deepEqual([event.x, event.y, event.image.width, event.image.format], [0, rows, whole.width, format]);
    const region = await decodeImage(await client.imageBytes(generationId, event.image));
    const expected = whole.data.subarray(3 * whole.width * rows, 3 * whole.width * (rows + region.height));
    const off = region.data.reduce((sum, value, i) => sum + Math.abs(value - (expected[i] as number)), 0);
    // Lossy formats see each region alone.
    assert.ok(format === 'png' ? off === 0 : off / region.data.length < 4, `${off} off from row ${rows} on`);
    rows += region.height;
  }
  assert.equal(rows, whole.height);
}

test('regions come from the top before the image does, equal its rows, and are replayed', async () => {
  const events = await eventsOf(client.generate(REQUEST));
  const { image, receipt, generationId } = finished(events);
  assert.ok(regionsOf(events).length > 8);
  await assertRegions(events, image, 'png');
  const pixels = await decodeImage(await client.imageBytes(generationId, image));
  assert.equal(receipt.imageSha256, createHash('sha256').update(pixels.data).digest('hex'));
  const replayed = await eventsOf(client.watch(generationId));
  const sequences = (all: readonly GenerationEvent[]) => regionsOf(all).map(({ sequence }) => sequence);
  assert.deepEqual(sequences(replayed), sequences(events));
});

test('a download goes on at any byte, and beyond the last one is refused', async () => {
  const { image, generationId } = finished(await eventsOf(client.generate(REQUEST)));
  const whole = Buffer.from(await client.imageBytes(generationId, image));
  for (const offset of [1, 41, 100_000, image.sizeBytes - 1, image.sizeBytes]) {
    const parts: Uint8Array[] = [];
    for await (const part of client.downloadImage(generationId, image.imageId, { offset })) parts.push(part);
    assert.deepEqual(Buffer.concat(parts).equals(whole.subarray(offset)), true, `from byte ${offset}`);
  }
  const beyond = client.downloadImage(generationId, image.imageId, { offset: image.sizeBytes + 1 });
  await assert.rejects(beyond.next(), { code: 'invalid_argument', field: 'offset' });
});

test('formats that are encoded as a whole have regions too', async () => {
  const events = await eventsOf(client.generate({ ...REQUEST, output: { format: 'jpeg' } }));
  await assertRegions(events, finished(events).image, 'jpeg');
});

test('the command writes the file as it grows, and leaves nothing else', async () => {
  const size = ['--width', String(REQUEST.width), '--height', String(REQUEST.height)];
  const few = ['--steps', '1', '--guidance', '1', '--seed', '5'];
  const growing: string[] = [];
  const onLine = (line: string) => {
    if (JSON.parse(line).type === 'region') growing.push(line);
  };
  const args = ['generate', REQUEST.prompt, ...size, ...few, '--json', '--output', 'apple.png'];
  const { code, stderr } = await runTessera([...args, '--address', cluster.address], { cwd: folder, onLine });
  assert.equal(code, 0, stderr);
  assert.ok(growing.length > 8);
  const { receipt, pixels } = await readImageWithReceipt(join(folder, 'apple.png'));
  assert.equal(receipt.imageSha256, createHash('sha256').update(pixels.data).digest('hex'));
  const { image, generationId } = finished(await eventsOf(client.generate(REQUEST)));
  const { data } = await decodeImage(await client.imageBytes(generationId, image));
  assert.ok(Buffer.from(data).equals(pixels.data));
  assert.deepEqual((await readdir(folder)).sort(), ['apple.png', 'home']);
  assert.ok((await readFile(join(folder, 'apple.png'))).length > 0);
});
