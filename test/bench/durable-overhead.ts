import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { connect, type TesseraClient } from '@tessera/client';
import { startCluster } from '../support/cluster.js';
import { anyNatsProgram } from '../support/nats-server.js';
import { type Figure, median } from './figure.js';

/** What storing everything in NATS costs, against keeping it in the gateway's memory. */
export interface DurableOverhead {
  readonly name: string;
  readonly steps: number;
  readonly durableMs: number;
  readonly memoryMs: number;
}

/** One alone takes as long as people wait for; sixteen fill the denoiser's batches, for a while or for as long as they take. */
const CASES = [
  { name: '1 in flight', inFlight: 1, generations: 1, steps: 50, rounds: 8 },
  { name: '16 in flight', inFlight: 16, generations: 48, steps: 20, rounds: 2 },
  { name: '16 that begin together', inFlight: 16, generations: 16, steps: 20, rounds: 3 },
] as const;

/** The same generations by two clusters that differ in where they keep things, in turn, one gateway and denoiser each. */
export async function measureDurableOverhead(): Promise<readonly DurableOverhead[]> {
  const program = anyNatsProgram();
  if (program === undefined) throw new Error('no nats-server');
  const home = await mkdtemp(join(tmpdir(), 'tessera-bench-'));
  try {
    const PATH = [dirname(program.path), process.env.PATH].join(delimiter);
    await using durable = await startCluster(['--nats', 'auto'], { PATH, TESSERA_HOME: home });
    await using memory = await startCluster();
    const clients = [durable, memory].map(({ address }) => connect({ address }));
    const found: DurableOverhead[] = [];
    for (const { name, rounds, ...round } of CASES) {
      const took: [number[], number[]] = [[], []];
      // The first round warms both up.
      for (let n = 0; n <= rounds; n += 1) {
        const generations = n === 0 ? round.inFlight : round.generations;
        for (const [i, client] of clients.entries()) {
          const ms = await roundMs(client, { ...round, generations });
          if (n > 0) took[i]?.push(ms);
        }
      }
      found.push({ name, steps: round.steps, durableMs: median(took[0]), memoryMs: median(took[1]) });
    }
    for (const client of clients) client.close();
    return found;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

interface Round {
  readonly inFlight: number;
  readonly generations: number;
  readonly steps: number;
}

/** Each begins as soon as one before it has ended. */
async function roundMs(client: TesseraClient, { inFlight, generations, steps }: Round): Promise<number> {
  const beganMs = performance.now();
  let begun = 0;
  const lane = async () => {
    while (begun < generations) {
      begun += 1;
      let last = '';
      for await (const { type } of client.generate({ prompt: 'a red apple', seed: begun, steps })) last = type;
      if (last !== 'completed') throw new Error(`a generation ended with ${last}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return performance.now() - beganMs;
}

export function durableFigures(overheads: readonly DurableOverhead[]): readonly Figure[] {
  return overheads.map(({ name, steps, durableMs, memoryMs }) => ({
    name: `durable / in memory (${name})`,
    ratio: durableMs / memoryMs,
    of: `${durableMs.toFixed(0)} ms / ${memoryMs.toFixed(0)} ms, ${steps} steps`,
  }));
}
