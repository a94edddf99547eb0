import { setTimeout as delay } from 'node:timers/promises';
import { type GenerationServiceClient, tesseraV1 } from '@tessera/proto';
import { connectChannel } from '@tessera/runtime';
import { slowStepModel } from '../../bench/slow-step-model.js';
import { startCluster } from '../../support/cluster.js';
import { monotonicMs } from '../../support/monotonic.js';
import { residentBytes } from '../../support/resident-memory.js';
import { startViewers, type ViewerProcess } from '../../support/viewer-process.js';
import { asked, generated, until } from '../../unit/gateway/test-gateway.js';
import type { AcceptancePoint } from '../point.js';

const EDGE = 512;
const READER_PROCESSES = 4;
const READERS_A_PROCESS = 10;
const READERS = READER_PROCESSES * READERS_A_PROCESS;
const STALLED_PROCESSES = 4;
const VIEWERS_A_PROCESS = 50;
/** Memory is taken to be at its level when it has not grown for so long. */
const LEVEL_MS = 15_000;
const WARM_UP_LIMIT_MS = 45_000;
const BEFORE_MS = 40_000;
/** Longer than an event may stay unread and a status after it. */
const BESIDE_MS = 60_000;
const SAMPLE_MS = 250;
const MIB = 1024 * 1024;
const MEMORY_LIMIT_MIB = 64;
const GAP_LIMIT = 1.2;

export const slowViewersPoint: AcceptancePoint = {
  id: 'engine.6',
  title: '200 viewers that stop reading cost the gateway little memory and the other viewers nothing',
  run: async (seed) => {
    await using slow = await slowStepModel();
    await using cluster = await startCluster(['--model', slow.model.folder, '--threads', '1']);
    const { address } = cluster;
    const channel = connectChannel(address);
    const gateway = await gatewayOf(channel.client(tesseraV1.GenerationService));
    const watch = { generationId: await keepGenerating(gateway, seed) };
    await using readers = group(READER_PROCESSES, () =>
      startViewers({ address, viewers: READERS_A_PROCESS, stall: false, watch }),
    );
    await readers.opened;
    await levelled(gateway);
    const before = await observed(gateway, readers.members, BEFORE_MS);

    await using stalled = group(STALLED_PROCESSES, () =>
      startViewers({ address, viewers: VIEWERS_A_PROCESS, stall: true, watch }),
    );
    await stalled.opened;
    // Those of one process do not even read their sockets.
    const [stopped, ...paused] = stalled.members;
    stopped?.process.kill('SIGSTOP');
    const most = await streamsOpen(gateway);
    const openingBytes = residentBytes(gateway.pid);
    await Promise.all(paused.map((member) => member.line((line) => 'stalled' in line)));
    const beside = await observed(gateway, readers.members, BESIDE_MS);
    const left = await streamsOpen(gateway);
    channel.close();

    const memoryMiB = (Math.max(openingBytes, beside.mostBytes) - before.mostBytes) / MIB;
    const gapRatio = beside.gapP95Ms / before.gapP95Ms;
    return {
      value: { stalledViewers: most - READERS, memoryMiB, gapRatio, before, beside, streamsLeft: left - READERS },
      limit: { memoryMiB: MEMORY_LIMIT_MIB, gapRatio: GAP_LIMIT, streamsLeft: 0, edge: EDGE },
      pass:
        most - READERS === STALLED_PROCESSES * VIEWERS_A_PROCESS &&
        memoryMiB <= MEMORY_LIMIT_MIB &&
        gapRatio <= GAP_LIMIT &&
        left === READERS &&
        before.previews > 0 &&
        beside.previews > 0,
    };
  },
};

interface WatchedGateway {
  readonly client: GenerationServiceClient;
  readonly pid: number;
}

async function gatewayOf(client: GenerationServiceClient): Promise<WatchedGateway> {
  const { gateways } = await asked(client, 'getClusterStatus', {});
  return { client, pid: gateways[0]?.pid ?? Number.NaN };
}

/** Begins a generation that outlasts the measurement, with a preview of the whole size after every step. */
async function keepGenerating({ client }: WatchedGateway, seed: number): Promise<string> {
  const events = generated(client, {
    prompt: 'a red apple',
    seed,
    steps: 990,
    guidanceScale: 1,
    width: EDGE,
    height: EDGE,
    preview: { everySteps: 1, decoded: true, maxEdge: EDGE },
    keepFor: { seconds: 600 },
  });
  const { generationId } = await until(events, 'started');
  const { image } = await until(events, 'preview');
  if (image.width !== EDGE || image.height !== EDGE) throw new Error(`previews of ${image.width}×${image.height}`);
  await events.return();
  return generationId;
}

/** Processes of viewers, all started at once. */
function group(count: number, start: () => ViewerProcess) {
  const members = Array.from({ length: count }, start);
  return {
    members,
    opened: Promise.all(members.map((member) => member.line((line) => 'opened' in line))),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(members.map((member) => member[Symbol.asyncDispose]()));
    },
  };
}

/** Resolves when the gateway's memory has stopped growing, as it does for a while after its first previews. */
async function levelled(gateway: WatchedGateway): Promise<void> {
  const endMs = monotonicMs() + WARM_UP_LIMIT_MS;
  let most = 0;
  let sinceMs = monotonicMs();
  while (monotonicMs() < Math.min(endMs, sinceMs + LEVEL_MS)) {
    const bytes = residentBytes(gateway.pid);
    if (bytes > most + MIB) {
      most = bytes;
      sinceMs = monotonicMs();
    }
    await delay(SAMPLE_MS);
  }
}

/** The readers' gaps between previews, and the gateway's memory, for so long. */
async function observed(gateway: WatchedGateway, readers: readonly ViewerProcess[], forMs: number) {
  const fromMs = monotonicMs();
  const samples: number[] = [];
  while (monotonicMs() < fromMs + forMs) {
    samples.push(residentBytes(gateway.pid));
    await delay(SAMPLE_MS);
  }
  const gaps = readers.flatMap(({ lines }) =>
    Array.from({ length: READERS_A_PROCESS }, (_, viewer) => gapsOf(lines, viewer, fromMs)).flat(),
  );
  return {
    previews: gaps.length,
    gapP50Ms: quantile(gaps, 0.5),
    gapP95Ms: quantile(gaps, 0.95),
    medianBytes: quantile(samples, 0.5),
    mostBytes: Math.max(...samples),
  };
}

function gapsOf(lines: ViewerProcess['lines'], viewer: number, fromMs: number): readonly number[] {
  const times = lines.flatMap((line) =>
    'event' in line && line.viewer === viewer && line.event === 'preview' && line.atMs >= fromMs ? [line.atMs] : [],
  );
  return times.slice(1).map((time, index) => time - (times[index] as number));
}

async function streamsOpen({ client }: WatchedGateway): Promise<number> {
  const { gateways } = await asked(client, 'getClusterStatus', {});
  const streams = gateways[0]?.ledger.find(({ kind }) => kind === 'streams');
  return Number(streams?.taken) - Number(streams?.released);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
