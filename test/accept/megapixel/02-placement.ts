import { join } from 'node:path';
import { connect, type GenerationRequestInput } from '@tessera/client';
import type { Receipt } from '@tessera/core';
import { startGateway } from '../../support/gateway-process.js';
import { repoRoot } from '../../support/paths.js';
import { runsOf } from '../../support/run-log.js';
import { startWorker, type WorkerProcess } from '../../support/worker-process.js';
import type { AcceptancePoint } from '../point.js';

const PROGRAM = join(repoRoot, 'test/dist/support/unprotected-denoiser-program.js');
const BATCHES = [1, 4];

/** Twelve windows, elsewhere at every step; two that stay, whose halves of guidance four denoisers take apart; a composed canvas; one decoded in bands. */
const REQUESTS = {
  tiled: { width: 256, height: 192, steps: 8, scheduler: 'euler-ancestral' },
  pair: { width: 192, height: 128, steps: 8, windowGrid: 'fixed' },
  composed: { width: 256, height: 192, steps: 6, compose: { strength: 0.5 } },
  banded: { width: 1024, height: 1024, steps: 1 },
} as const;
type RequestName = keyof typeof REQUESTS;

interface Placement {
  readonly name: string;
  readonly denoisers: readonly WorkerProcess[];
  readonly decoders: readonly WorkerProcess[];
  readonly requests: readonly RequestName[];
  /** Called after the first step. */
  readonly midway?: () => void;
}

export const placementPoint: AcceptancePoint = {
  id: 'megapixel.2',
  title: 'the same bits for any number of denoisers and decoders, batch sizes, guidance apart, and a denoiser killed',
  run: async (seed) => {
    const started: WorkerProcess[] = [];
    const begin = async (starting: Promise<WorkerProcess>) => {
      const worker = await starting;
      started.push(worker);
      await worker.ready();
      return worker;
    };
    try {
      const encoder = await begin(startWorker('text-encoder'));
      const decoders: WorkerProcess[] = [];
      for (let i = 0; i < 3; i += 1) decoders.push(await begin(startWorker('decoder')));
      const [single, four] = (await Promise.all(BATCHES.map((rows) => begin(startBatching(rows))))) as [
        WorkerProcess,
        WorkerProcess,
      ];
      const more = [await begin(startBatching(4)), await begin(startBatching(4))];
      const killed = await begin(startBatching(4));
      const bits = new Map<RequestName, Map<string, string>>();
      for (const placement of placementsOf(single, [four, ...more], killed, decoders)) {
        await measure(encoder, placement, seed, bits);
      }
      const runs = started.flatMap((worker) => runsOf(worker.said()).map(({ evaluations }) => sumOf(evaluations)));
      const largest = (worker: WorkerProcess) =>
        Math.max(...runsOf(worker.said()).map(({ evaluations }) => sumOf(evaluations)));
      const distinct = Object.fromEntries([...bits].map(([name, found]) => [name, new Set(found.values()).size]));
      const value = {
        placements: Object.fromEntries([...bits].map(([name, found]) => [name, [...found.keys()]])),
        distinct,
        largestRuns: [largest(single), largest(four)],
        halvesApart: runs.filter((rows) => rows === 1).length > 0,
        killedAlive: killed.process.signalCode === null,
      };
      return {
        value,
        limit: { distinct: 1, largestRuns: [1, 4], halvesApart: true, killedAlive: false },
        pass:
          Object.values(distinct).every((count) => count === 1) &&
          Object.keys(distinct).length === Object.keys(REQUESTS).length &&
          value.largestRuns.join() === '1,4' &&
          value.halvesApart &&
          !value.killedAlive,
      };
    } finally {
      for (const worker of started.reverse()) await worker[Symbol.asyncDispose]();
    }
  },
};

function startBatching(rows: number): Promise<WorkerProcess> {
  return startWorker('denoiser', {
    script: PROGRAM,
    args: ['--log-level', 'debug', '--protections', '{}', '--rows', String(rows)],
  });
}

function placementsOf(
  single: WorkerProcess,
  fours: readonly WorkerProcess[],
  killed: WorkerProcess,
  decoders: readonly WorkerProcess[],
): readonly Placement[] {
  const [one] = decoders as [WorkerProcess];
  const first = decoders.slice(0, 1);
  const small = ['tiled', 'pair', 'composed'] as const;
  return [
    { name: 'batches of 1', denoisers: [single], decoders: first, requests: small },
    { name: '1 denoiser', denoisers: fours.slice(0, 1), decoders: [one], requests: [...small, 'banded'] },
    { name: '2 denoisers', denoisers: fours.slice(0, 2), decoders: first, requests: small },
    { name: '3 denoisers', denoisers: fours, decoders: first, requests: small },
    { name: '4 denoisers', denoisers: [single, ...fours], decoders: first, requests: small },
    { name: '2 decoders', denoisers: fours, decoders: decoders.slice(0, 2), requests: ['composed', 'banded'] },
    { name: '3 decoders', denoisers: fours, decoders, requests: ['composed', 'banded'] },
    {
      name: 'a denoiser killed',
      denoisers: [killed, fours[0] as WorkerProcess],
      decoders: first,
      requests: ['tiled'],
      midway: () => killed.process.kill('SIGKILL'),
    },
  ];
}

async function measure(
  encoder: WorkerProcess,
  { name, denoisers, decoders, requests, midway }: Placement,
  seed: number,
  bits: Map<RequestName, Map<string, string>>,
): Promise<void> {
  const addresses = (workers: readonly WorkerProcess[]) => workers.map(({ address }) => address);
  await using gateway = await startGateway({
    textEncoders: [encoder.address],
    denoisers: addresses(denoisers),
    decoders: addresses(decoders),
  });
  await gateway.ready;
  const client = connect({ address: gateway.address });
  try {
    const known = async () => (await client.status()).workers.filter(({ state }) => state === 'ready').length;
    const wanted = 1 + denoisers.length + decoders.length;
    while ((await known()) < wanted) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const request of requests) {
      const input = { prompt: 'a red apple', seed, ...REQUESTS[request] };
      const { latentSha256, imageSha256 } = await receiptOf(client, input, midway);
      const found = bits.get(request) ?? new Map<string, string>();
      bits.set(request, found.set(name, `${latentSha256} ${imageSha256}`));
    }
  } finally {
    client.close();
  }
}

async function receiptOf(
  client: ReturnType<typeof connect>,
  input: GenerationRequestInput,
  midway: () => void = () => {},
): Promise<Receipt> {
  for await (const event of client.generate(input)) {
    if (event.type === 'failed') throw new Error(`${JSON.stringify(input)} failed: ${event.message}`);
    if (event.type === 'progress') midway();
    const [completed] = event.type === 'completed' ? event.images : [];
    if (completed !== undefined) return completed.receipt;
  }
  throw new Error(`${JSON.stringify(input)} did not complete`);
}

function sumOf(evaluations: ReadonlyMap<string, number>): number {
  return [...evaluations.values()].reduce((sum, count) => sum + count, 0);
}
