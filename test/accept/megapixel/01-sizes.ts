import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@tessera/client';
import { type Cluster, type JsonEvent, runTessera, startCluster } from '../../support/cluster.js';
import { decodeImage } from '../../support/differences.js';
import { peakResidentBytes } from '../../support/resident-memory.js';
import type { AcceptancePoint } from '../point.js';

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  /**
   * The gateway's peak memory beyond what it has at rest, in images of this
   * size, stays below this. Beside a smaller image it is what any generation
   * takes.
   */
  readonly gatewayImages?: number;
}

/** Each is measured by itself: together they take minutes. Memory does not depend on the steps, so the largest take few. */
const SIZES: readonly Size[] = [
  { width: 1024, height: 1024, steps: 10 },
  { width: 1152, height: 640, steps: 20 },
  { width: 136, height: 1000, steps: 20 },
  { width: 2048, height: 2048, steps: 4 },
  { width: 4096, height: 4096, steps: 1, gatewayImages: 2 },
];
const MIB = 2 ** 20;

export const sizePoints: readonly AcceptancePoint[] = SIZES.map((size) => ({
  id: `megapixel.1.${size.width}x${size.height}`,
  title: `${size.width}×${size.height} comes with previews while it forms; the peak memory of every process is told`,
  run: async (seed) => {
    const value = await measureSize(size, seed);
    return {
      value,
      limit: {
        ofItsSize: true,
        previewsAreWhole: 'received + superseded = steps',
        firstPreview: 'in the first half',
        ...(size.gatewayImages !== undefined && { gatewayImages: `< ${size.gatewayImages}` }),
      },
      pass:
        value.ofItsSize &&
        value.previewsAreWhole &&
        value.firstPreview < 0.5 &&
        (size.gatewayImages === undefined || Number(value.gatewayImages) < size.gatewayImages),
    };
  },
}));

/** One image on a cluster of its own, whose processes' peak memory is this image's. */
export async function measureSize(size: Size, seed: number) {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-megapixel-'));
  await using cluster = await startCluster();
  try {
    const atRestMib = await peaksOf(cluster);
    const made = await madeImage(cluster, folder, size, seed);
    const peakMib = await peaksOf(cluster);
    const imageMib = (3 * size.width * size.height) / MIB;
    const gatewayImages = (Number(peakMib.gateway) - Number(atRestMib.gateway)) / imageMib;
    return { ...made, atRestMib, peakMib, ...(size.gatewayImages !== undefined && { gatewayImages }) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function madeImage({ address }: Cluster, folder: string, { width, height, steps }: Size, seed: number) {
  const output = join(folder, `${width}.png`);
  const beganMs = performance.now();
  const { code, events, stderr } = await runTessera([
    ...['generate', 'a bouquet of flowers', '--seed', String(seed), '--address', address, '--json'],
    ...['--width', String(width), '--height', String(height), '--steps', String(steps)],
    ...['--preview-every', '1', '--preview-dir', join(folder, String(width)), '--output', output],
  ]);
  if (code !== 0) throw new Error(`${width}×${height} ended with ${code}: ${stderr}`);
  const image = await decodeImage(await readFile(output));
  const timeOf = (type: string) => Number(events.find((event) => event.type === type)?.time);
  const previews = events.filter(({ type }) => type === 'preview');
  const superseded = Number(previews.at(-1)?.superseded ?? 0);
  const firstPreview = (timeOf('preview') - timeOf('started')) / (timeOf('completed') - timeOf('started'));
  return {
    ...{ width, height, steps },
    seconds: Math.round((performance.now() - beganMs) / 100) / 10,
    previews: previews.length,
    previewsAreWhole: previews.length > 0 && previews.length + superseded === steps,
    firstPreview,
    ofItsSize: image.width === width && image.height === height,
    seamRatio: seamRatioOf(events),
  };
}

function seamRatioOf(events: readonly JsonEvent[]): unknown {
  const completed = events.find(({ type }) => type === 'completed') as
    | { readonly receipt?: { readonly seams?: { readonly ratio: number } } }
    | undefined;
  return completed?.receipt?.seams?.ratio;
}

/** By process, in MiB. */
async function peaksOf({ address, workers }: Cluster): Promise<Readonly<Record<string, number>>> {
  const client = connect({ address });
  try {
    const { gateways } = await client.status();
    const processes = [...gateways.map(({ pid }) => ({ id: 'gateway', pid })), ...workers];
    return Object.fromEntries(processes.map(({ id, pid }) => [id, Math.round(peakResidentBytes(pid) / MIB)]));
  } finally {
    client.close();
  }
}
