import { connect } from '@tessera/client';
import type { Receipt } from '@tessera/core';
import { evaluationsStarted, startCluster } from '../../support/cluster.js';
import { limitMemory } from '../../support/limit-memory.js';
import { peakResidentBytes } from '../../support/resident-memory.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import type { AcceptancePoint } from '../point.js';

const REQUEST = { prompt: 'a red apple', width: 1024, height: 1024, steps: 2 };
/** What the decoder may take beyond what it has when it is ready; its first attempt takes more. */
const ROOM_BYTES = 256 * 2 ** 20;

interface Made {
  readonly receipt: Receipt;
  readonly evaluations: number;
  /** The decoder's, at most. */
  readonly peakMib: number;
  /** Whether the decoder is still the process that it was. */
  readonly sameProcess: boolean;
}

export const littleMemoryPoint: AcceptancePoint = {
  id: 'megapixel.6',
  title: 'a decoder given too little memory: the image still comes, with the same pixels and no repeated evaluation',
  run: async (seed) => {
    const free = await make(seed, undefined);
    const limited = await make(seed, ROOM_BYTES);
    const value = {
      room_mib: ROOM_BYTES / 2 ** 20,
      peak_rss_mib: { free: free.peakMib, limited: limited.peakMib },
      evaluations: { planned: limited.receipt.evaluations, started: limited.evaluations },
      same_image: limited.receipt.imageSha256 === free.receipt.imageSha256,
      same_process: limited.sameProcess,
      decode_ms: { free: decodeMs(free.receipt), limited: decodeMs(limited.receipt) },
    };
    return {
      value,
      limit: { evaluations: 'as planned', same_image: true, peak_rss_mib: 'limited below free by 100 at least' },
      pass:
        value.same_image &&
        value.evaluations.started === value.evaluations.planned &&
        limited.peakMib + 100 < free.peakMib,
    };
  },
};

async function make(seed: number, roomBytes: number | undefined): Promise<Made> {
  using home = temporaryFolder();
  await using cluster = await startCluster([], { TESSERA_HOME: home.path });
  const decoder = cluster.workers.find(({ stage }) => stage === 'decoder');
  if (decoder === undefined) throw new Error('a cluster without decoder');
  if (roomBytes !== undefined) limitMemory(decoder.pid, roomBytes);
  const client = connect({ address: cluster.address });
  try {
    const before = total(await evaluationsStarted(cluster.address));
    let receipt: Receipt | undefined;
    for await (const event of client.generate({ ...REQUEST, seed })) {
      if (event.type === 'completed') receipt = event.images[0]?.receipt;
      if (event.type === 'failed') throw new Error(event.message);
    }
    if (receipt === undefined) throw new Error('the generation ended without an image');
    const after = total(await evaluationsStarted(cluster.address));
    const { workers } = await client.status();
    return {
      receipt,
      evaluations: after - before,
      peakMib: Math.round(peakResidentBytes(decoder.pid) / 2 ** 20),
      sameProcess: workers.some(({ pid }) => pid === decoder.pid),
    };
  } finally {
    client.close();
  }
}

function total(byWorker: ReadonlyMap<string, number>): number {
  return [...byWorker.values()].reduce((sum, evaluations) => sum + evaluations, 0);
}

function decodeMs({ timings }: Receipt): number | undefined {
  return timings.find(({ stage }) => stage === 'decode')?.ms;
}
