import { join } from 'node:path';
import { connect, type GenerationRequestInput } from '@tessera/client';
import type { Receipt } from '@tessera/core';
import { startGateway } from '../../support/gateway-process.js';
import { repoRoot } from '../../support/paths.js';
import { runsOf } from '../../support/run-log.js';
import { startWorker, type WorkerProcess } from '../../support/worker-process.js';
import type { AcceptancePoint } from '../point.js';

const PROGRAM = join(repoRoot, 'test/dist/support/unprotected-denoiser-program.js');

/** Twelve windows, elsewhere at every step; two that stay, whose halves of guidance four denoisers take apart; a composed canvas; one decoded in bands. */
const REQUESTS = {
  tiled: { width: 256, height: 192, steps: 8, scheduler: 'euler-ancestral' },
  pair: { width: 192, height: 128, steps: 8, windowGrid: 'fixed' },
  composed: { width: 256, height: 192, steps: 6, compose: { strength: 0.5 } },
  banded: { width: 1024, height: 1024, steps: 1 },
} as const satisfies Readonly<Record<string, GenerationRequestInput>>;
type RequestName = keyof typeof REQUESTS;

interface Placement {
  readonly name: string;
  readonly denoisers: readonly WorkerProcess[];
  readonly decoders: readonly WorkerProcess[];
  /** Called after the first step. */
  readonly midway?: () => void;
}

/** The workers of one point; every placement takes some of them. */
interface Workers {
  readonly encoder: WorkerProcess;
  /** Runs one row at a time. */
  readonly single: WorkerProcess;
  /** Run four. */
  readonly fours: readonly [WorkerProcess, ...WorkerProcess[]];
  readonly decoders: readonly WorkerProcess[];
  /** Runs four, until it is killed. */
  readonly killed: WorkerProcess | undefined;
}

/** Each request is measured by itself: together they take minutes. */
export const placementPoints: readonly AcceptancePoint[] = [
  pointOf('tiled', 'any number of denoisers, batches of 1 and 4, a denoiser killed', (workers) => [
    ...placementsOfDenoisers(workers),
    ...placementsOfKill(workers),
  ]),
  pointOf('pair', 'any number of denoisers, guidance together and apart', placementsOfDenoisers),
  pointOf('composed', 'any number of denoisers and decoders', (workers) => [
    ...placementsOfDenoisers(workers),
    ...placementsOfDecoders(workers),
  ]),
  pointOf('banded', 'any number of decoders', (workers) => [
    ...placementsOfDenoisers(workers).slice(1, 2),
    ...placementsOfDecoders(workers),
  ]),
];

function pointOf(
  request: RequestName,
  what: string,
  placementsOf: (workers: Workers) => readonly Placement[],
): AcceptancePoint {
  return {
    id: `megapixel.2.${request}`,
    title: `the same bits for ${what}`,
    run: async (seed) => {
      const started: WorkerProcess[] = [];
      try {
        const workers = await startWorkers(request, started);
        const bits = new Map<string, string>();
        for (const placement of placementsOf(workers)) {
          bits.set(placement.name, await bitsOf(workers.encoder, placement, request, seed));
        }
        return judge(request, workers, bits);
      } finally {
        for (const worker of started.reverse()) await worker[Symbol.asyncDispose]();
      }
    },
  };
}

async function startWorkers(request: RequestName, started: WorkerProcess[]): Promise<Workers> {
  const begin = async (starting: Promise<WorkerProcess>) => {
    const worker = await starting;
    started.push(worker);
    await worker.ready();
    return worker;
  };
  const encoder = await begin(startWorker('text-encoder'));
  const decoders: WorkerProcess[] = [];
  for (let i = 0; i < 3; i += 1) decoders.push(await begin(startWorker('decoder')));
  const single = await begin(startBatching(1));
  const four = await begin(startBatching(4));
  const fours = [four, await begin(startBatching(4)), await begin(startBatching(4))] as const;
  const killed = request === 'tiled' ? await begin(startBatching(4)) : undefined;
  return { encoder, single, fours: [...fours], decoders, killed };
}

function startBatching(rows: number): Promise<WorkerProcess> {
  return startWorker('denoiser', {
    script: PROGRAM,
    args: ['--log-level', 'debug', '--protections', '{}', '--rows', String(rows)],
  });
}

function placementsOfDenoisers({ single, fours, decoders }: Workers): readonly Placement[] {
  const first = decoders.slice(0, 1);
  return [
    { name: 'batches of 1', denoisers: [single], decoders: first },
    { name: '1 denoiser', denoisers: fours.slice(0, 1), decoders: first },
    { name: '2 denoisers', denoisers: fours.slice(0, 2), decoders: first },
    { name: '3 denoisers', denoisers: fours, decoders: first },
    { name: '4 denoisers', denoisers: [single, ...fours], decoders: first },
  ];
}

function placementsOfDecoders({ fours, decoders }: Workers): readonly Placement[] {
  return [
    { name: '2 decoders', denoisers: fours, decoders: decoders.slice(0, 2) },
    { name: '3 decoders', denoisers: fours, decoders },
  ];
}

function placementsOfKill({ killed, fours, decoders }: Workers): readonly Placement[] {
  if (killed === undefined) return [];
  return [
    {
      name: 'a denoiser killed',
      denoisers: [killed, fours[0]],
      decoders: decoders.slice(0, 1),
      midway: () => killed.process.kill('SIGKILL'),
    },
  ];
}

function judge(request: RequestName, { single, fours, killed }: Workers, bits: ReadonlyMap<string, string>) {
  const rowsOf = (workers: readonly WorkerProcess[]) =>
    workers.flatMap((worker) => runsOf(worker.said()).map(({ evaluations }) => sumOf(evaluations)));
  const distinct = new Set(bits.values()).size;
  const value = {
    placements: [...bits.keys()],
    distinct,
    // A denoiser does not wait for company: of two windows the first runs alone.
    ...(request !== 'pair' && { largestRun: Math.max(...rowsOf(fours)) }),
    ...(request !== 'banded' && { largestRunOfSingle: Math.max(...rowsOf([single])) }),
    // One row where four had room: the other half of guidance was elsewhere.
    ...(request === 'pair' && { halvesApart: rowsOf(fours).includes(1) }),
    ...(killed && { killedAlive: killed.process.signalCode === null }),
  };
  const limit = { distinct: 1, largestRun: 4, largestRunOfSingle: 1, halvesApart: true, killedAlive: false };
  const told = (Object.keys(limit) as (keyof typeof limit)[]).filter((name) => name in value);
  return {
    value,
    limit: Object.fromEntries(told.map((name) => [name, limit[name]])),
    pass: told.every((name) => value[name] === limit[name]),
  };
}

async function bitsOf(
  encoder: WorkerProcess,
  { denoisers, decoders, midway }: Placement,
  request: RequestName,
  seed: number,
): Promise<string> {
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
    const input = { prompt: 'a red apple', seed, ...REQUESTS[request] };
    const { latentSha256, imageSha256 } = await receiptOf(client, input, midway);
    return `${latentSha256} ${imageSha256}`;
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
