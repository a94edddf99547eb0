import { type CompletedImage, connect, type GenerationRequestInput, type TesseraClient } from '@tessera/client';
import { SCHEDULER_NAMES } from '@tessera/core';
import { type ProcessCluster, startProcessCluster } from '../../support/process-cluster.js';
import { runsOf } from '../../support/run-log.js';
import { seededRandom } from '../../support/seeded-random.js';
import type { AcceptancePoint } from '../point.js';

const GENERATIONS = 16;
const PROMPTS = ['a red apple', 'a smiling face', 'a blue heart', 'a yellow star', 'a green tree', 'a cat', ''];

export const bitEqualPoint: AcceptancePoint = {
  id: 'engine.1',
  title: `${GENERATIONS} generations at once, mixed in everything, each have the very bits of their lone run`,
  run: async (seed) => {
    const requests = mixedRequests(seed);
    const alone: Bits[] = [];
    const one = await withCluster(1, async (client) => {
      for (const request of requests) alone.push(await bitsOf(client, request));
      return Promise.all(requests.map((request) => bitsOf(client, request)));
    });
    // Guidance halves and batches fall differently.
    const two = await withCluster(2, (client) => Promise.all(requests.map((request) => bitsOf(client, request))));
    const sharedRuns = one.sharedRuns + two.sharedRuns;
    const different = [one, two].map(({ result }) => requests.filter((_, i) => !equalBits(result[i], alone[i])));
    return {
      value: {
        generations: requests.length,
        schedulers: new Set(requests.map(({ scheduler }) => scheduler)).size,
        steps: [...new Set(requests.map(({ steps }) => steps))],
        differentOnOneDenoiser: different[0]?.length,
        differentOnTwo: different[1]?.length,
        runsOfSeveralGenerations: sharedRuns,
        most: Math.max(one.mostGenerations, two.mostGenerations),
      },
      limit: { differentOnOneDenoiser: 0, differentOnTwo: 0, runsOfSeveralGenerations: '> 0' },
      // Where a batch gains nothing, a denoiser of them may rightly run each alone.
      pass: different.every(({ length }) => length === 0) && sharedRuns > 0,
    };
  },
};

type Bits = Pick<CompletedImage['receipt'], 'latentSha256' | 'imageSha256'>;

function mixedRequests(seed: number): readonly GenerationRequestInput[] {
  const random = seededRandom(seed);
  const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
  return Array.from({ length: GENERATIONS }, (_, i) => {
    const scheduler = SCHEDULER_NAMES[i % SCHEDULER_NAMES.length] as (typeof SCHEDULER_NAMES)[number];
    return {
      prompt: pick(PROMPTS),
      ...(random() < 0.4 && { negativePrompt: pick(PROMPTS) }),
      seed: Math.floor(random() * 2 ** 31),
      steps: pick([4, 7, 12, 20]),
      // 1 is without guidance: one evaluation a step.
      guidanceScale: pick([1, 2.5, 5, 8]),
      ...(random() < 0.3 && { guidanceRescale: 0.7 }),
      ...(scheduler === 'ddim' && { eta: pick([0, 0.5, 1]) }),
      // Another size is another bucket.
      ...(random() < 0.25 && { width: 64, height: 96 }),
      scheduler,
    };
  });
}

async function bitsOf(client: TesseraClient, request: GenerationRequestInput): Promise<Bits> {
  for await (const event of client.generate(request)) {
    if (event.type === 'completed') return event.images[0]?.receipt as Bits;
    if (event.type === 'failed') throw new Error(`a generation failed: ${event.message}`);
  }
  throw new Error('a generation ended without an image');
}

function equalBits(some: Bits | undefined, other: Bits | undefined): boolean {
  return some?.latentSha256 === other?.latentSha256 && some?.imageSha256 === other?.imageSha256;
}

async function withCluster<Result>(denoisers: number, use: (client: TesseraClient) => Promise<Result>) {
  await using cluster = await startProcessCluster({ denoisers, logLevel: 'debug' });
  const client = connect({ address: cluster.gateway.address });
  try {
    return { result: await use(client), ...companyIn(cluster) };
  } finally {
    client.close();
  }
}

function companyIn({ denoisers }: ProcessCluster) {
  const generations = denoisers
    .flatMap((denoiser) => runsOf(denoiser.said()))
    .map(({ evaluations }) => evaluations.size);
  return { sharedRuns: generations.filter((count) => count > 1).length, mostGenerations: Math.max(...generations) };
}
