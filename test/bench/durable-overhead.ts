import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { connect, type TesseraClient } from '@tessera/client';
import { startCluster } from '../support/cluster.js';
import { anyNatsProgram } from '../support/nats-server.js';
import { type Figure, median } from './figure.js';

/** What storing everything in NATS costs, against keeping it in the gateway's memory. */
export interface DurableOverhead {
  readonly inFlight: number;
  readonly steps: number;
  readonly durableMs: number;
  readonly memoryMs: number;
}

/** One alone takes as long as people wait for; sixteen fill the denoiser's batches. */
const CASES = [
  { inFlight: 1, steps: 50, rounds: 15 },
  { inFlight: 16, steps: 20, rounds: 5 },
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
    for (const { inFlight, steps, rounds } of CASES) {
      const took: [number[], number[]] = [[], []];
      // The first round warms both up.
      for (let round = 0; round <= rounds; round += 1) {
        for (const [i, client] of clients.entries()) {
          const ms = await roundMs(client, inFlight, steps, round);
          if (round > 0) took[i]?.push(ms);
        }
      }
      found.push({ inFlight, steps, durableMs: median(took[0]), memoryMs: median(took[1]) });
    }
    for (const client of clients) client.close();
    return found;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function roundMs(client: TesseraClient, inFlight: number, steps: number, round: number): Promise<number> {
  const beganMs = performance.now();
  const one = async (i: number) => {
    const request = { prompt: 'a red apple', seed: round * 100 + i, steps };
    let last = '';
    for await (const { type } of client.generate(request)) last = type;
    if (last !== 'completed') throw new Error(`a generation ended with ${last}`);
  };
  await Promise.all(Array.from({ length: inFlight }, (_, i) => one(i)));
  return performance.now() - beganMs;
}

export function durableFigures(overheads: readonly DurableOverhead[]): readonly Figure[] {
  return overheads.map(({ inFlight, steps, durableMs, memoryMs }) => ({
    name: `durable / in memory (${inFlight} in flight)`,
    ratio: durableMs / memoryMs,
    of: `${durableMs.toFixed(0)} ms / ${memoryMs.toFixed(0)} ms, ${steps} steps`,
  }));
}
