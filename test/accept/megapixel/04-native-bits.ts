import { connect, type TesseraClient } from '@tessera/client';
import type { Receipt, Tensor } from '@tessera/core';
import type { GenerationRequestInput } from '@tessera/proto';
import { startCluster } from '../../support/cluster.js';
import { sha256OfFloat32 } from '../../support/goldens.js';
import { type StagedRun, WorkerStages } from '../../support/worker-stages.js';
import type { AcceptancePoint } from '../point.js';
import { cardOf } from './card-of.js';
import { canvasNoise, plainLatent } from './plain-latent.js';

/** Canvases that one window covers; the last two ask for what only larger ones use. */
const REQUESTS: readonly GenerationRequestInput[] = [
  {},
  { scheduler: 'euler-ancestral', steps: 8 },
  { eta: 1, guidanceRescale: 0.7, steps: 6 },
  { width: 96, height: 128, steps: 6 },
  { overlap: 9, windowScheme: 'pyramid', steps: 6 },
  { compose: {}, steps: 6 },
];

/** What a cluster gave before it knew windows. */
const RECORDED = {
  seed: 7,
  numericClass: 'cpu-1.30.0-3c8bc49d6786',
  latentSha256: '2002f33e93b9f572bea2094c630839edd30cd1dbd5680c2c6c606954b5df45aa',
};

export const nativeBitsPoint: AcceptancePoint = {
  id: 'megapixel.4',
  title: 'a canvas of native size gives the bits of a generator that knows no windows, and those of before',
  run: async (seed) => {
    await using cluster = await startCluster();
    await using stages = new WorkerStages(cluster.workers.map(({ address }) => address));
    const card = await cardOf(cluster);
    const client = connect({ address: cluster.address });
    try {
      const different: unknown[] = [];
      const receipts: Receipt[] = [];
      for (const request of REQUESTS) {
        const input = { prompt: 'a red apple', seed, ...request };
        const receipt = await receiptOf(client, input);
        const plain = sha256OfFloat32((await stages.run(input, card, plainOf)).data);
        if (receipt.latentSha256 !== plain) different.push({ request, cluster: receipt.latentSha256, plain });
        receipts.push(receipt);
      }
      const recorded = asRecorded(seed, receipts[0]);
      return {
        value: { requests: REQUESTS.length, different, recorded },
        limit: { different: [], recorded: 'equal, or not comparable' },
        pass: different.length === 0 && recorded !== 'different',
      };
    } finally {
      client.close();
    }
  },
};

async function receiptOf(client: TesseraClient, input: GenerationRequestInput): Promise<Receipt> {
  for await (const event of client.generate(input)) {
    const [completed] = event.type === 'completed' ? event.images : [];
    if (completed !== undefined) return completed.receipt;
  }
  throw new Error(`${JSON.stringify(input)} did not complete`);
}

function asRecorded(seed: number, receipt: Receipt | undefined): 'equal' | 'different' | string {
  if (seed !== RECORDED.seed) return `recorded for seed ${RECORDED.seed}`;
  if (receipt?.numericClass !== RECORDED.numericClass)
    return `recorded for another class than ${receipt?.numericClass}`;
  return receipt.latentSha256 === RECORDED.latentSha256 ? 'equal' : 'different';
}

function plainOf(run: StagedRun): Promise<Tensor> {
  return plainLatent(run, canvasNoise(run.plan));
}
