import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLUSTER_SETTINGS, denoiserShards } from '@tessera/cli';
import { cutDenoiser } from '@tessera/denoiser';
import { openModel } from '@tessera/models';
import { resolveSettings } from '@tessera/runtime';
import { repoRoot } from '../../support/paths.js';

const MIB = 2 ** 20;

const shards = (...argv: readonly string[]) =>
  denoiserShards(resolveSettings(CLUSTER_SETTINGS, { argv, environment: {} }));

test('a denoiser is whole unless told, and in as many parts as told', async () => {
  assert.equal(await shards(), 1);
  assert.equal(await shards('--shard-denoiser', '1'), 1);
  assert.equal(await shards('--shard-denoiser', '5'), 5);
});

test('told a size, the parts are as many as have no more of the weights each', async () => {
  assert.equal(await shards('--shard-denoiser', '1GiB'), 1);
  const model = await openModel(join(repoRoot, 'models/emoji'), { verify: [] });
  for (const size of [25, 15, 10]) {
    const count = await shards('--shard-denoiser', `${size}MiB`);
    const heaviest = Math.max(...cutDenoiser(model, count).parts.map(({ weightBytes }) => weightBytes));
    assert.ok(heaviest <= size * MIB, `${count} parts, the heaviest of ${heaviest} bytes`);
  }
});

test('a model that is not there is told by name', async () => {
  await assert.rejects(shards('--model', 'no-such-model', '--shard-denoiser', '1GiB'), {
    code: 'not_found',
    message: /no-such-model/,
  });
});
