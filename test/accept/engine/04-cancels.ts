import type { GenerationServiceClient } from '@tessera/proto';
import { monotonicMs } from '../../support/monotonic.js';
import { type ProcessCluster, startProcessCluster } from '../../support/process-cluster.js';
import { eventually } from '../../support/processes.js';
import { runsOf, stopsKnown } from '../../support/run-log.js';
import { seededRandom } from '../../support/seeded-random.js';
import { startViewers } from '../../support/viewer-process.js';
import { asked } from '../../unit/gateway/test-gateway.js';
import type { AcceptancePoint } from '../point.js';
import { attempt, MEANS, type Means, randomAttempt } from './random-cancels.js';

const CANCELS = 300;
/** Generations at once: more than the two denoisers take, so that some are stopped while they wait. */
const AT_ONCE = 6;
const DENOISERS = 2;
const SETTLE_LIMIT_MS = 15_000;
const FROZEN_LIMIT_MS = 15_000;

/** How many of the stopped generations had so many of something. */
type Histogram = Record<string, number>;

export const cancelsPoint: AcceptancePoint = {
  id: 'engine.4',
  title: 'a cancel stops the work within one run, whatever the phase and the means, and everything taken is given back',
  run: async (seed) => {
    await using cluster = await startProcessCluster({ denoisers: DENOISERS, logLevel: 'debug' });
    const { client } = cluster.gateway;
    const { stopped, completed } = await stopMany(cluster, seed);
    const frozenFoundMs = await freeze(cluster);
    const unsettled = await unreleased(client);
    const begun = begunAfterKnown(cluster, new Set(stopped.map(({ generationId }) => generationId)));
    const byMeans = Object.fromEntries(
      MEANS.map((means) => [means, stopped.filter((each) => each.means === means).length]),
    );
    return {
      value: { cancels: stopped.length, byMeans, completedFirst: completed, ...begun, unsettled, frozenFoundMs },
      limit: { cancels: CANCELS, runs: 1, unsettled: 'none', frozenFoundMs: FROZEN_LIMIT_MS },
      pass:
        stopped.length === CANCELS &&
        begun.known === CANCELS &&
        Object.keys(begun.runsAfterKnown).every((runs) => Number(runs) <= 1) &&
        unsettled.length === 0 &&
        frozenFoundMs <= FROZEN_LIMIT_MS,
    };
  },
};

async function stopMany({ gateway }: ProcessCluster, seed: number) {
  const random = seededRandom(seed);
  const stopped: { readonly means: Means; readonly generationId: string }[] = [];
  let completed = 0;
  // A generation that was done first is tried again by the same means.
  const left = MEANS.flatMap((means) => Array<Means>(CANCELS / MEANS.length).fill(means));
  const queue = left.map((means) => ({ means, place: random() })).sort((a, b) => a.place - b.place);
  const stopSome = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { means } = next;
      const result = await attempt(gateway.client, gateway.address, randomAttempt(means, random));
      if (result.stopped) stopped.push({ means, generationId: result.generationId });
      else {
        completed += 1;
        queue.push(next);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, stopSome));
  return { stopped, completed };
}

/** Milliseconds from a client's freezing until the gateway knew. */
async function freeze({ gateway }: ProcessCluster): Promise<number> {
  const generate = { prompt: 'a red apple', steps: 1000 };
  await using viewers = startViewers({ address: gateway.address, viewers: 1, stall: false, generate });
  const started = await viewers.line((line) => 'event' in line && line.event === 'started');
  viewers.process.kill('SIGSTOP');
  const frozenAtMs = monotonicMs();
  const generationId = 'generationId' in started ? started.generationId : '';
  await eventually(() => stopsKnown(gateway.said()).has(generationId), 2 * FROZEN_LIMIT_MS);
  const knownAtNs = stopsKnown(gateway.said()).get(generationId);
  return knownAtNs === undefined ? Number.POSITIVE_INFINITY : Number(knownAtNs) / 1e6 - frozenAtMs;
}

/** What the gateway still holds, once it has had the time to give it back. */
async function unreleased(client: GenerationServiceClient) {
  const held = async () => {
    const { gateways } = await asked(client, 'getClusterStatus', {});
    return (gateways[0]?.ledger ?? []).filter(({ taken, released }) => taken !== released);
  };
  await eventually(async () => (await held()).length === 0, SETTLE_LIMIT_MS);
  return held();
}

/** Of each stopped generation and denoiser: runs, and evaluations in them, that began after the gateway knew. */
function begunAfterKnown({ gateway, denoisers }: ProcessCluster, stopped: ReadonlySet<string>) {
  const known = [...stopsKnown(gateway.said())].filter(([generationId]) => stopped.has(generationId));
  const runsAfterKnown: Histogram = {};
  const evaluationsAfterKnown: Histogram = {};
  let latestMs = 0;
  for (const denoiser of denoisers) {
    const runs = runsOf(denoiser.said());
    for (const [generationId, knownAtNs] of known) {
      const later = runs.filter(
        ({ startedAtNs, evaluations }) => startedAtNs > knownAtNs && evaluations.has(generationId),
      );
      const rows = later.reduce((sum, { evaluations }) => sum + (evaluations.get(generationId) ?? 0), 0);
      runsAfterKnown[later.length] = (runsAfterKnown[later.length] ?? 0) + 1;
      evaluationsAfterKnown[rows] = (evaluationsAfterKnown[rows] ?? 0) + 1;
      for (const { startedAtNs } of later) latestMs = Math.max(latestMs, Number(startedAtNs - knownAtNs) / 1e6);
    }
  }
  const runsLogged = denoisers.reduce((sum, { said }) => sum + runsOf(said()).length, 0);
  return { known: known.length, runsLogged, runsAfterKnown, evaluationsAfterKnown, latestMs };
}
