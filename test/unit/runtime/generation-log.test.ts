import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS, type Image, type LogEntry, parseGenerationRequest, planGeneration } from '@tessera/core';
import {
  createGenerationLog,
  createMemoryBus,
  decodeLogEntry,
  encodeLogEntry,
  type GenerationNotice,
  isLogConflict,
} from '@tessera/runtime';
import { modelCard } from '../../support/model-card.js';

const card = modelCard();
const context = { tenant: 't', models: [card], defaultModel: 'small', drawSeed: () => 1, limits: DEFAULT_LIMITS };
const request = parseGenerationRequest({ prompt: 'ein Bär 🐻' }, context);
const accepted = { type: 'accepted', request, plan: planGeneration(request, card), createdAtMs: 5 } as const;
const lease = { type: 'lease', holder: 'gateway-1', fence: 1 } as const;
const started = { type: 'event', event: { type: 'started' } } as const;
const image: Image = {
  imageId: 'i0',
  format: 'png',
  data: new Uint8Array(1000),
  sizeBytes: 1000,
  fileSha256: 'ab',
  width: 128,
  height: 128,
};
const region = { type: 'event', event: { type: 'region', imageIndex: 0, x: 0, y: 0, image } } as const;

test('a record is the fold of its log, whoever reads it', async () => {
  const bus = createMemoryBus();
  const log = createGenerationLog(bus);
  let record = await log.begin('g1', accepted);
  record = await log.append(record, lease);
  record = await log.append(record, started);
  assert.equal(record.state, 'running');
  assert.deepEqual(await createGenerationLog(bus).read('g1'), record);
  assert.equal(await log.read('g2'), undefined);
});

test('a writer whose record is old is told so', async () => {
  const log = createGenerationLog(createMemoryBus());
  const record = await log.begin('g1', accepted);
  await assert.rejects(log.begin('g1', accepted), isLogConflict);
  const [mine, theirs] = await Promise.allSettled([
    log.append(record, lease),
    log.append(record, { ...lease, holder: 'gateway-2' }),
  ]);
  assert.equal(mine.status, 'fulfilled');
  assert.ok(theirs.status === 'rejected' && isLogConflict(theirs.reason));
  assert.equal((await log.read('g1'))?.lease?.holder, 'gateway-1');
});

test('following goes on after the record, with the record that each entry leads to', async () => {
  const log = createGenerationLog(createMemoryBus());
  const queued = await log.begin('g1', accepted);
  const leased = await log.append(queued, lease);
  const running = await log.append(leased, started);
  const { signal } = new AbortController();
  const seen = [];
  for await (const recorded of log.follow(queued, signal)) {
    seen.push(recorded);
    if (recorded.entry.type === 'event') await log.delete('g1');
  }
  assert.deepEqual(seen, [
    { entry: lease, record: leased },
    { entry: started, record: running },
  ]);
});

test('bytes of images stay out of the log, everything else comes back', () => {
  assert.deepEqual(decodeLogEntry(encodeLogEntry(accepted)), accepted);
  const { data: _, ...without } = image;
  assert.deepEqual(decodeLogEntry(encodeLogEntry(region)), { ...region, event: { ...region.event, image: without } });
});

test('one log that cannot be read hides no other', async () => {
  const bus = createMemoryBus();
  const log = createGenerationLog(bus);
  await bus.logs.append('damaged', 0, Buffer.from('{"type":"acc'));
  await bus.logs.append('headless', 0, encodeLogEntry(lease));
  const later = await bus.logs.append('later', 0, encodeLogEntry({ type: 'from a newer version' } as never));
  const record = await log.begin('good', accepted);
  await bus.logs.append('later', later, encodeLogEntry(accepted));
  await assert.rejects(log.read('damaged'), { code: 'internal', message: /^entry 1 of the log of damaged: .*JSON/ });
  await assert.rejects(log.read('headless'), { code: 'internal' });

  const stop = new AbortController();
  const notices: GenerationNotice[] = [];
  for await (const notice of log.followAll(stop.signal)) {
    notices.push(notice);
    if (notice.type === 'caught-up') await log.delete('good');
    if (notice.type === 'deleted') stop.abort();
  }
  assert.deepEqual(
    notices.map((notice) => [notice.type, 'generationId' in notice ? notice.generationId : undefined]),
    [
      ['unreadable', 'damaged'],
      ['unreadable', 'headless'],
      ['unreadable', 'later'],
      ['entry', undefined],
      ['caught-up', undefined],
      ['deleted', 'good'],
    ],
  );
  const entry = notices.find((notice) => notice.type === 'entry');
  assert.deepEqual(entry, { type: 'entry', entry: accepted satisfies LogEntry, record });
});
