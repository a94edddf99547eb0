import { startDurableCluster } from '../support/durable-cluster.js';
import { mixedRequests } from '../support/mixed-requests.js';
import { eventually } from '../support/processes.js';
import { logLines, runsOf } from '../support/run-log.js';
import { viewed } from '../support/viewed.js';
import { disturb } from './disturb.js';
import { disturbancesOf } from './disturbances.js';
import type { PromiseRun } from './hold-promises.js';
import { startLoad } from './load.js';
import { readLogs } from './logs.js';
import { namedProcesses } from './process-names.js';
import { type Held, judge } from './promises.js';
import { readResults } from './result-reads.js';

const STAGES = ['--denoisers', '3', '--decoders', '2', '--text-encoders', '2', '--log-level', 'debug'];
/** NATS, gateways, and workers of three stages. */
const LEAST_PROCESSES = 1 + 2 + 3 + 2 + 2;
const REQUESTS = 10;
const STEPS = 60;
const CLIENTS = 4;
/** After the last disturbance: as long as the slowest way back takes, and a request behind it. */
const SETTLES_WITHIN_MS = 45_000;

/**
 * A cluster of real processes under load, one of which is killed, or frozen and
 * thawed, every 5 s; then every promise, held against what clients, logs and
 * denoisers saw.
 */
export async function chaos({ minutes, seed }: PromiseRun): Promise<readonly Held[]> {
  await using durable = await startDurableCluster(STAGES);
  const { cluster, client } = durable;
  const ran = new Map<string, number>();
  const endedByThemselves: string[] = [];
  watchLog(cluster.process.stderr, ran, endedByThemselves);
  const requests = mixedRequests(REQUESTS, STEPS, seed);
  const expected: string[] = [];
  for (const request of requests) expected.push((await viewed(client, request)).hashes);
  if (expected.includes('')) throw new Error('a request failed before anything was disturbed');

  const processes = () => namedProcesses(durable.family(), cluster.gateways);
  const names = [...processes().keys()].sort();
  if (names.length < LEAST_PROCESSES) throw new Error(`only these processes were found: ${names.join(', ')}`);
  console.error(`${names.length} processes: ${names.join(', ')}`);
  const load = startLoad(cluster.addresses, requests, CLIENTS, seed);
  const stopReads = new AbortController();
  const reading = readResults(cluster.addresses, load.accepted, seed, stopReads.signal);
  const done = await disturb(disturbancesOf(names, minutes * 60_000, seed), processes);
  const settled = await Promise.race([load.end().then(() => true), expires(SETTLES_WITHIN_MS)]);
  if (!settled) console.error(`still open after ${SETTLES_WITHIN_MS} ms: ${load.open.join(', ')}`);
  await durable.whole();
  stopReads.abort();
  const reads = await reading;
  const isQuiet = async () => {
    const { gateways } = await client.status();
    return gateways.every(({ running, queued }) => running + queued === 0);
  };
  await eventually(isQuiet, 10_000);
  const status = await client.status();
  const logs = await readLogs(cluster.nats?.url ?? '');
  const seen = { followed: load.followed, accepted: load.accepted, logs, reads, done, expected, status };
  return judge({ ...seen, evaluations: ran, endedByThemselves });
}

async function expires(ms: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
  return false;
}

/** Counts what denoisers completed, and finds processes that ended otherwise than by our hand. */
function watchLog(stderr: NodeJS.ReadableStream | null, ran: Map<string, number>, ended: string[]): void {
  let rest = '';
  stderr?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    const whole = lines.join('\n');
    for (const { evaluations } of runsOf(whole)) {
      for (const [id, count] of evaluations) ran.set(id, (ran.get(id) ?? 0) + count);
    }
    for (const { msg, service } of logLines(whole)) {
      // The keeper of a nats-server that was killed ends with it.
      const told = String(msg);
      if (service !== 'nats' && told.startsWith('ended with') && !told.includes('SIGKILL'))
        ended.push(`${service} ${told}`);
    }
  });
}
