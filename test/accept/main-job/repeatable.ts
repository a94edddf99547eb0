import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { runTessera, startCluster } from '../../support/cluster.js';
import type { AcceptancePoint } from '../point.js';

const PROMPT = 'a red apple';

interface Outcome {
  readonly latentSha256: string;
  readonly pixels: Buffer;
}

async function generate(folder: string, name: string, seed: number, args: readonly string[]): Promise<Outcome> {
  const file = join(folder, `${name}.png`);
  const result = await runTessera(['generate', PROMPT, '--seed', String(seed), '--json', '--output', file, ...args]);
  const completed = result.events.find(({ type }) => type === 'completed');
  if (completed === undefined) throw new Error(`${name} did not complete: ${result.stderr}`);
  const receipt = completed.receipt as { latent_sha256: string };
  return { latentSha256: receipt.latent_sha256, pixels: await sharp(file).removeAlpha().raw().toBuffer() };
}

export const repeatablePoint: AcceptancePoint = {
  id: 'main-job.2',
  title: 'one prompt and seed give the same pixels and latent across runs, restarts, threads and ways in',
  run: async (seed) => {
    const folder = await mkdtemp(join(tmpdir(), 'tessera-repeat-'));
    try {
      const outcomes = new Map<string, Outcome>();
      for (const threads of ['1', '2']) {
        await using cluster = await startCluster(['--threads', threads]);
        for (const attempt of ['first', 'second']) {
          const name = `${threads}-threads-${attempt}`;
          outcomes.set(name, await generate(folder, name, seed, ['--address', cluster.address]));
        }
        if (threads === '2') {
          outcomes.set('other-seed', await generate(folder, 'other-seed', seed + 1, ['--address', cluster.address]));
        }
      }
      outcomes.set('ephemeral', await generate(folder, 'ephemeral', seed, ['--ephemeral']));
      const other = outcomes.get('other-seed');
      outcomes.delete('other-seed');
      const latents = new Set([...outcomes.values()].map(({ latentSha256 }) => latentSha256));
      const images = new Set([...outcomes.values()].map(({ pixels }) => pixels.toString('base64')));
      const otherDiffers = other !== undefined && !latents.has(other.latentSha256);
      return {
        value: {
          runs: outcomes.size,
          latents: [...latents],
          differentImages: images.size,
          otherSeedDiffers: otherDiffers,
        },
        limit: { latents: 1, differentImages: 1, otherSeedDiffers: true },
        pass: latents.size === 1 && images.size === 1 && otherDiffers,
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
