import { connect } from '@tessera/client';
import { startDurableCluster } from '../../support/durable-cluster.js';
import { mixedRequests } from '../../support/mixed-requests.js';
import { monotonicMs } from '../../support/monotonic.js';
import { eventually } from '../../support/processes.js';
import { type Viewed, viewed } from '../../support/viewed.js';
import type { AcceptancePoint } from '../point.js';

const ROUNDS = 3;
const CLIENTS = 6;
const EXIT_WITHIN_MS = 25_000;

export const drainPoint: AcceptancePoint = {
  id: 'survival.6',
  title: 'SIGTERM of each process in turn under load, three rounds: no generation fails, each process ends in time',
  run: async (seed) => {
    const stages = ['--denoisers', '2', '--decoders', '2', '--text-encoders', '2'];
    await using durable = await startDurableCluster(stages);
    const views: Viewed[] = [];
    let ended = false;
    const load = Array.from({ length: CLIENTS }, async (_, i) => {
      const client = connect({ address: durable.cluster.addresses });
      for (let n = 0; !ended; n += 1) {
        const [request] = mixedRequests(1, 60, seed + 100 * i + n);
        if (request !== undefined) views.push(await viewed(client, request));
      }
      client.close();
    });
    const exits: { readonly name: string; readonly ms: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of (await durable.pids()).keys()) {
        await durable.whole();
        const pid = (await durable.pids()).get(name);
        if (pid === undefined) throw new Error(`${name} is not there`);
        const askedMs = monotonicMs();
        process.kill(pid, 'SIGTERM');
        await eventually(() => !isAlive(pid), 2 * EXIT_WITHIN_MS);
        exits.push({ name, ms: monotonicMs() - askedMs });
        console.error(`${name} ended after ${Math.round(monotonicMs() - askedMs)} ms; ${views.length} generations`);
      }
    }
    await durable.whole();
    ended = true;
    await Promise.all(load);
    const failures = views.flatMap(({ failure }) => failure ?? []);
    const repeated = views.reduce((sum, view) => sum + view.repeated, 0);
    const slowest = exits.reduce((a, b) => (a.ms > b.ms ? a : b));
    return {
      value: { generations: views.length, failures, repeated, terminated: exits.length, slowestExit: slowest },
      limit: { failures: 0, repeated: 0, exitMs: EXIT_WITHIN_MS },
      pass: failures.length === 0 && repeated === 0 && slowest.ms <= EXIT_WITHIN_MS && views.length > exits.length,
    };
  },
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
