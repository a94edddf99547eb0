import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { cutDenoiser, openPart } from '@tessera/denoiser';
import { inspectModel } from '@tessera/models';
import { repoRoot } from '../../support/paths.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const PARTS = 3;
const folder = join(repoRoot, 'models/emoji');
const cut = cutDenoiser(
  { folder, card: { name: 'emoji', sha256: 'a'.repeat(64), ...inspectModel(folder).card } },
  PARTS,
);
const indices = cut.parts.map((_, part) => part);

/** What has to happen before the verification ends, and how often it was asked for. */
function verification(until: () => Promise<void> = async () => {}) {
  const counted = { count: 0, verify: async () => {} };
  counted.verify = async () => {
    counted.count += 1;
    await until();
  };
  return counted;
}

function openAll(cache: string, verify: () => Promise<void>): Promise<readonly string[]> {
  return Promise.all(
    indices.map((part) => openPart(cut, part, { cache, verify, signal: new AbortController().signal })),
  );
}

/** Resolves when every part has been asked for. */
async function allAsked(cache: string): Promise<void> {
  const asked = () => readdirSync(join(cache, 'cut')).filter((name) => name.includes('.asked-'));
  while (asked().length < PARTS) await new Promise((resolve) => setImmediate(resolve));
}

test('parts that start beside each other verify their model once, and never again', async () => {
  using cache = temporaryFolder();
  const first = verification(() => allAsked(cache.path));
  const paths = await openAll(cache.path, first.verify);
  assert.equal(first.count, 1);
  assert.equal(new Set(paths).size, PARTS);
  const left = readdirSync(join(cache.path, 'cut')).filter(
    (name) => name.includes('.asked-') || name.endsWith('.turn'),
  );
  assert.deepEqual(left, []);
  const later = verification();
  assert.deepEqual(await openAll(cache.path, later.verify), paths);
  assert.equal(later.count, 0);
});

test('a part whose file has changed is cut again, from a model that is verified again', async () => {
  using cache = temporaryFolder();
  const paths = await openAll(cache.path, verification().verify);
  const weights = paths[1] as string;
  const bytes = readFileSync(weights);
  const spoiled = Buffer.from(bytes);
  spoiled[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
  writeFileSync(weights, spoiled);
  const again = verification();
  assert.deepEqual(await openAll(cache.path, again.verify), paths);
  assert.equal(again.count, 1);
  assert.deepEqual(readFileSync(weights), bytes);
});

test('no part of a model that has changed is written, by whoever has the turn', async () => {
  using cache = temporaryFolder();
  const changed = verification(() => Promise.reject(new TesseraError('failed_precondition', 'it has changed')));
  const signal = new AbortController().signal;
  const opened = await Promise.allSettled(
    indices.map((part) => openPart(cut, part, { cache: cache.path, verify: changed.verify, signal })),
  );
  for (const { status } of opened) assert.equal(status, 'rejected');
  const left = readdirSync(join(cache.path, 'cut')).filter((name) => !name.includes('.asked-'));
  assert.deepEqual(left, []);
});

test('the turn of a process that is gone passes on', async () => {
  using cache = temporaryFolder();
  const stop = new AbortController();
  const never = new Promise<void>((_, reject) =>
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason)),
  );
  // Its turn does not beat, as if it had been killed.
  const times = { beatMs: 2 ** 30, staleAfterMs: 50, lookMs: 5 };
  let gone!: Promise<string>;
  await new Promise<void>((resolve) => {
    const verify = () => {
      resolve();
      return never;
    };
    gone = openPart(cut, 0, { cache: cache.path, verify, signal: stop.signal, times });
  });
  const path = await openPart(cut, 1, {
    ...{ cache: cache.path, times },
    ...verification(),
    signal: AbortSignal.timeout(60_000),
  });
  assert.ok(path.length > 0);
  stop.abort(new Error('gone'));
  await assert.rejects(gone, /gone/);
});

test('who waits for a turn leaves when told to', async () => {
  using cache = temporaryFolder();
  const [busy, waits] = [new AbortController(), new AbortController()];
  let left!: Promise<string>;
  const verify = () =>
    new Promise<void>((_, reject) => {
      busy.signal.addEventListener('abort', () => reject(busy.signal.reason));
      left = openPart(cut, 1, { cache: cache.path, verify, signal: waits.signal });
      waits.abort(new Error('told to'));
    });
  const holds = openPart(cut, 0, { cache: cache.path, verify, signal: busy.signal });
  holds.catch(() => {});
  while (left === undefined) await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(left, /told to/);
  busy.abort(new Error('over'));
  await assert.rejects(holds, /over/);
});
