import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PART_LINK_TIMES, PartLink } from '@tessera/denoiser';
import { connectChannel, createLogger } from '@tessera/runtime';
import { isOn } from '../../support/protections.js';
import { fakePartWorker } from './fake-part-worker.js';

const TIMES = { ...PART_LINK_TIMES, reconnectMs: 10 };
const protections = { repeatsLostRuns: isOn('lost-parts-repeat') };

const feeds = { x: { dtype: 'float32', shape: [300_000], data: new Float32Array(300_000).fill(0.5) } } as const;
const call = { model: 'any', cut: 'any', part: 1, evaluations: 1, mayFail: false, feeds };

async function linked(losses: number, test: (link: PartLink, asked: () => number) => Promise<void>): Promise<void> {
  await using worker = await fakePartWorker(losses);
  const link = new PartLink(connectChannel(worker.address), createLogger('test', 'error'), TIMES, protections);
  const stop = new AbortController();
  const attending = link.attend(stop.signal);
  try {
    await test(link, () => worker.asked);
  } finally {
    stop.abort();
    await attending;
  }
}

test('what was at a part when its worker was lost runs there again, with what it was fed', () =>
  linked(2, async (link, asked) => {
    const { outputs, runMs } = await link.run(call);
    assert.deepEqual(outputs, feeds);
    assert.equal(runMs, 1);
    assert.equal(asked(), 3);
  }));

test('a run that loses the worker again and again ends this denoiser too', () =>
  linked(Number.POSITIVE_INFINITY, async (link, asked) => {
    await assert.rejects(link.run(call), { code: 'unavailable', message: /does not do its runs/ });
    assert.match(String(await link.failed), /does not do its runs/);
    assert.equal(asked(), 4);
  }));

test('a worker that stays away fails the run, which may then go elsewhere', async () => {
  const link = new PartLink(connectChannel('127.0.0.1:1'), createLogger('test', 'error'), { ...TIMES, patienceMs: 50 });
  const stop = new AbortController();
  const attending = link.attend(stop.signal);
  await assert.rejects(link.run(call), { code: 'unavailable', message: /is away/ });
  assert.equal(link.ready, false);
  stop.abort();
  await attending;
});
