import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TesseraClient } from '@tessera/client';
import type { PromiseRun } from '../chaos/hold-promises.js';
import { namedProcesses } from '../chaos/process-names.js';
import type { Held } from '../chaos/promises.js';
import { startDurableCluster } from '../support/durable-cluster.js';
import { percentile } from '../support/percentile.js';
import { eventually } from '../support/processes.js';
import { residentBytes } from '../support/resident-memory.js';
import { seededRandom } from '../support/seeded-random.js';
import { type Point, slopeOf } from './slope.js';

const CLIENTS = 4;
const CANCEL_SHARE = 0.1;
const LEAVE_SHARE = 0.05;
const MOST_STEPS = 8;
const SAMPLE_EVERY_MS = 2_000;
/** Of the run, in which caches and heaps find their size. */
const WARM_UP_SHARE = 1 / 3;
const MIB = 2 ** 20;
/** Of memory, for a thousand generations, with 95 % certainty. */
const MOST_MIB_PER_1000 = 0.25;
const MOST_DESCRIPTORS_MORE = 2;
const SLOWER_AT_MOST = 1.1;

interface Sample {
  readonly generations: number;
  readonly residentBytes: ReadonlyMap<string, number>;
}

/**
 * Many short generations, some cancelled and some left, each deleted once it
 * has ended: what each process holds does not grow with their number.
 */
export async function soak({ minutes, seed }: PromiseRun): Promise<readonly Held[]> {
  await using durable = await startDurableCluster(['--denoisers', '2', '--log-level', 'warn']);
  const { cluster, client } = durable;
  const processes = namedProcesses(durable.family(), cluster.gateways);
  const endsAtMs = performance.now() + minutes * 60_000;
  const tookMs: number[] = [];
  const failures: string[] = [];
  const load = Array.from({ length: CLIENTS }, async (_, i) => {
    const random = seededRandom(seed + i);
    const own = connect({ address: cluster.addresses });
    while (performance.now() < endsAtMs) {
      const beganMs = performance.now();
      await one(own, random).catch((thrown: Error) => failures.push(thrown.message));
      tookMs.push(performance.now() - beganMs);
    }
    own.close();
  });
  const samples: Sample[] = [];
  let descriptors: ReadonlyMap<string, number> | undefined;
  while (performance.now() < endsAtMs) {
    await delay(SAMPLE_EVERY_MS);
    const sizes = [...processes].map(([name, pid]) => [name, residentBytes(pid)] as const);
    samples.push({ generations: tookMs.length, residentBytes: new Map(sizes) });
    if (samples.length % 30 === 0) console.error(`${tookMs.length} generations`);
    descriptors ??= openDescriptors(processes);
  }
  await Promise.all(load);
  const isQuiet = async () => {
    const { gateways } = await client.status();
    return gateways.every(({ ledger }) => ledger.every(({ taken, released }) => taken === released));
  };
  const quiet = await eventually(isQuiet, 30_000);
  const after = openDescriptors(processes);
  const steady = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const third = Math.floor(tookMs.length / 3);
  const [first, last] = [percentile(tookMs.slice(0, third), 0.99), percentile(tookMs.slice(-third), 0.99)];
  const more = [...after].filter(([name, count]) => count > (descriptors?.get(name) ?? 0) + MOST_DESCRIPTORS_MORE);
  return [
    ...[...processes.keys()].sort().map((name) => flatMemory(name, steady)),
    held('nothing fails', { generations: tookMs.length, failures }, { failures: 0 }, failures.length === 0),
    held('what was taken is given back', { gateways: quiet }, { gateways: true }, quiet),
    held('no descriptor stays open', Object.fromEntries(more), { more: MOST_DESCRIPTORS_MORE }, more.length === 0),
    held('it becomes no slower', { first, last }, { ratio: SLOWER_AT_MOST }, last <= first * SLOWER_AT_MOST),
  ];
}

function held(promise: string, value: unknown, limit: unknown, pass: boolean): Held {
  return { promise, value, limit, pass };
}

function flatMemory(name: string, samples: readonly Sample[]): Held {
  const points: Point[] = samples.map(({ generations, residentBytes }) => ({
    x: generations / 1_000,
    y: (residentBytes.get(name) ?? Number.NaN) / MIB,
  }));
  const { slope, upper } = slopeOf(points);
  const value = { mibPer1000: slope, upper, mib: points.at(-1)?.y, samples: points.length };
  return held(`memory of ${name} is flat`, value, { upper: MOST_MIB_PER_1000 }, upper <= MOST_MIB_PER_1000);
}

function openDescriptors(processes: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...processes].map(([name, pid]) => [name, readdirSync(`/proc/${pid}/fd`).length]));
}

async function one(client: TesseraClient, random: () => number): Promise<void> {
  const steps = 1 + Math.floor(random() * MOST_STEPS);
  const kind = random();
  const leaves = kind > 1 - LEAVE_SHARE;
  let generationId = '';
  const request = { prompt: 'a red apple', seed: Math.floor(random() * 2 ** 31), steps, preview: { everySteps: 1 } };
  for await (const event of client.generate(request)) {
    generationId = event.generationId;
    // Leaving the loop cancels.
    if (leaves && event.type === 'started') break;
    if (kind < CANCEL_SHARE && event.type === 'started') await client.cancel(generationId);
  }
  await client.deleteGeneration(generationId);
}
