import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readImageWithReceipt } from '@tessera/cli';
import { runTessera, startCluster } from '../support/cluster.js';

test('one seed, one image: across runs, restarts, thread counts, numbers of denoisers and ephemeral clusters', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-repeat-'));
  const results = new Map<string, { latent: string; pixels: Buffer }>();
  const generate = async (name: string, ...args: readonly string[]) => {
    const file = join(folder, `${name}.png`);
    const all = ['generate', 'a red apple', '--steps', '4', '--output', file, ...args];
    const { code, stderr } = await runTessera(all);
    assert.equal(code, 0, stderr);
    const { receipt, pixels } = await readImageWithReceipt(file);
    results.set(name, { latent: receipt.latentSha256, pixels: Buffer.from(pixels.data) });
  };
  try {
    {
      await using one = await startCluster(['--threads', '1']);
      await generate('first', '--seed', '7', '--address', one.address);
      await generate('second', '--seed', '7', '--address', one.address);
      await generate('other', '--seed', '8', '--address', one.address);
    }
    {
      await using two = await startCluster(['--threads', '2', '--denoisers', '2']);
      await generate('restarted', '--seed', '7', '--address', two.address);
    }
    await generate('ephemeral', '--seed', '7', '--ephemeral');
    const { other, ...same } = Object.fromEntries(results);
    assert.equal(new Set(Object.values(same).map(({ latent }) => latent)).size, 1);
    assert.equal(new Set(Object.values(same).map(({ pixels }) => pixels.toString('base64'))).size, 1);
    assert.notEqual(other?.latent, same.first?.latent);
    assert.notDeepEqual(other?.pixels, same.first?.pixels);
  } finally {
    await rm(folder, { recursive: true });
  }
});
